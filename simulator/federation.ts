/**
 * A federation: servers over one world, and what is posted, edited and deleted
 * on it. Nothing happens by itself: time stands where `clock` says, and statuses
 * come when `publish`, `step` or `run` is called.
 *
 * @module
 */
import { createActivity } from "./activity.ts";
import { openBook } from "./book.ts";
import { createLedger } from "./ledger.ts";
import { keepRate, keepUp } from "./pace.ts";
import { createPosts, fillHistory } from "./posts.ts";
import type { AdminActions } from "./server/admin.ts";
import type { ActiveFault, Fault } from "./server/faults.ts";
import type { Access } from "./server/instance.ts";
import type { SeenRequest } from "./server/seen.ts";
import { type RunningServer, startServer } from "./server/server.ts";
import { type Truth, truthOf } from "./truth.ts";
import { createAccounts } from "./world/accounts.ts";
import { hash } from "./world/hash.ts";
import type { World } from "./world/post.ts";
import { createRhythm } from "./world/rhythm.ts";
import { loadTexts } from "./world/texts.ts";

/** How a federation is made. All have defaults. */
export interface FederationOptions {
  /** How many servers, 1 to 16. Default 3. */
  servers?: number;
  /** The first server's port, the next ones follow; 0 (default) for free ones. */
  port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  host?: string;
  /** The same seed, clock and calls give the same federation. Default 1. */
  seed?: number;
  /** Milliseconds since 1970; the time of the servers. Default `Date.now`. */
  clock?: () => number;
  /** The end of history, milliseconds since 1970. Default: what the clock says. */
  now?: number;
  /** Milliseconds of history before `now`. Default 0: nothing was ever posted. */
  history?: number;
  /** Posts a day of history over the whole federation. Default 3,600. */
  perDay?: number;
  /** Which part of the posts reaches each other server, 0 to 1. Default 0.6. */
  federates?: number;
  /** Which part of the people lives on servers outside the federation. Default 0.1. */
  outside?: number;
  /** How many accounts each server has, more or less. Default 400. */
  accounts?: number;
  /** Of the statuses in `step` and `run`, the part that is followed by an edit. Default 0.02. */
  edits?: number;
  /** The same for deletes. Default 0.01. */
  deletes?: number;
  /** Requests in five minutes for each reader; Infinity for no limit. Default 300. */
  rateLimit?: number;
  /** Who may read the public timelines. Default `public`. */
  access?: Access;
  /** The Mastodon version that the servers say they are. Default 4.5.3. */
  version?: string;
  /** Posts that are remembered before the oldest are forgotten. Default a million. */
  keep?: number;
  /** Bytes that may wait for a slow reader before it is cut off. Default 64 MB. */
  maxBuffered?: number;
  /** Milliseconds between two pings of a stream; 0 for none. Default 30,000. */
  pingEvery?: number;
}

/** A server, as its users see it. */
export interface SimulatedServer {
  readonly index: number;
  /** The name in its addresses, such as `tusk.example`. */
  readonly domain: string;
  /** Where it listens: `http://127.0.0.1:4000`. */
  readonly baseURL: string;
  /** Where it streams: `ws://127.0.0.1:4000`. */
  readonly streamingURL: string;
  /** The token that it accepts. */
  readonly token: string;
  /** The last thousand requests to its API, upgrades included. */
  readonly requests: readonly SeenRequest[];
  /** How many connections stream, and how many streams they follow together. */
  counts(): { connections: number; subscriptions: number; total: number; cutOff: number };
  /** Resolves when at least so many streams (default 1) are followed. */
  followed(streams?: number): Promise<void>;
}

/** How `run` goes. */
export interface RunOptions {
  /** Statuses a second over all servers, or `max`: as fast as the readers take them. */
  rate: number | "max";
  /** Ends after so many. */
  count?: number;
  /** Ends the run. */
  signal?: AbortSignal;
}

/** A running federation. */
export interface Federation {
  readonly servers: readonly SimulatedServer[];
  /**
   * Posts so many statuses (default 1) now, sends them, and gives their truth. With
   * `home` they are by people of that server (0 is the first).
   */
  publish(count?: number, by?: { home?: number }): Truth[];
  /** The same, with edits and deletes in between; gives how many were posted. */
  step(count?: number): number;
  /** Edits the status with this uri, by default a recent one; gives it as it is now. */
  edit(uri?: string): Truth | undefined;
  /** Deletes the status with this uri, by default a recent one; gives it as it was. */
  delete(uri?: string): Truth | undefined;
  /** Puts a fault on a server, or on `all`. Resolves when it holds. */
  fault(server: number | "all", fault: Fault): Promise<ActiveFault>;
  /** Ends the faults of a server, or of all. */
  heal(server?: number): Promise<void>;
  /** All that was published and not deleted, oldest first. */
  truth(): Truth[];
  /** The same one by one, for large federations. */
  eachTruth(): Generator<Truth>;
  /** What was deleted, with the ids it had. */
  deleted(): Truth[];
  /** Publishes at a rate until aborted or done; a new run ends the one before. */
  run(options: RunOptions): Promise<void>;
  /** Pings every stream now. */
  ping(): void;
  /** Resolves when the readers have taken what was sent. */
  drained(): Promise<void>;
  /** Ends everything; nothing stays open. */
  close(): Promise<void>;
}

/** The domains of the servers, in their order. `.example` is nobody's. */
export const DOMAINS: readonly string[] = [
  "tusk",
  "herd",
  "savanna",
  "grove",
  "delta",
  "meadow",
  "summit",
  "harbour",
  "island",
  "prairie",
  "glacier",
  "canyon",
  "lagoon",
  "tundra",
  "oasis",
  "steppe",
].map((name) => `${name}.example`);

/**
 * Starts a federation in this process.
 *
 * @example
 * ```ts
 * import { startFederation } from "./mod.ts";
 *
 * const federation = await startFederation({ servers: 2 });
 * const [home] = federation.servers;
 * const [status] = federation.publish();
 * const response = await fetch(`${home!.baseURL}/api/v1/timelines/public?limit=1`);
 * const page = await response.json();
 * if (status!.ids[home!.baseURL] && page[0].uri !== status!.uri) throw new Error();
 * await federation.close();
 * ```
 */
export async function startFederation(options: FederationOptions = {}): Promise<Federation> {
  const {
    servers: count = 3,
    port = 0,
    host = "127.0.0.1",
    seed = 1,
    clock = Date.now,
    history = 0,
    perDay = 3_600,
    federates = 0.6,
    edits = 0.02,
    deletes = 0.01,
    keep = 1_000_000,
    pingEvery = 30_000,
  } = options;
  if (!(count >= 1 && count <= DOMAINS.length)) {
    throw new RangeError(`A federation has 1 to ${DOMAINS.length} servers, not ${count}`);
  }
  if (ports(port, count) > 65_535) {
    throw new RangeError(`Port ${port} leaves no room for ${count} servers`);
  }
  // The ledger has two bytes for an author.
  const { accounts = 400, outside = 0.1 } = options;
  if (count * accounts * (1 + outside) > 65_000) {
    throw new RangeError(`${count} servers of ${accounts} accounts are too many; 65,000 in all`);
  }
  const now = options.now ?? clock();
  const domains = DOMAINS.slice(0, count);
  const world: World = {
    seed,
    now,
    domains,
    accounts: createAccounts(seed, domains, accounts, outside),
    texts: loadTexts(),
    rhythm: createRhythm(),
  };
  const ledger = createLedger(count, keep);
  let past = 0;
  const book = openBook(world, ledger, () => past);
  const posts = createPosts({ world, ledger, federates, since: now - history });
  fillHistory({ world, ledger }, posts, history, perDay);
  past = ledger.next;

  const servers: RunningServer[] = [];
  const actions: AdminActions = {
    servers: () =>
      servers.map(({ baseURL, domain, token, streamingURL }) => ({
        baseURL,
        domain,
        token,
        streamingURL,
      })),
    stats: () => ({
      published: ledger.next,
      history: past,
      kept: ledger.next - ledger.first,
      servers: servers.map(({ baseURL, streaming, requests }) => ({
        baseURL,
        requests: requests.length,
        ...streaming.counts(),
      })),
    }),
    publish: (n, home) =>
      federation.publish(n, home === undefined ? {} : { home }).map(({ uri }) => uri),
    step: (n) => federation.step(n),
    edit: (uri) => federation.edit(uri)?.uri,
    delete: (uri) => federation.delete(uri)?.uri,
    truth: () => federation.eachTruth(),
    deleted: () => each(true),
    rate: (rate, n) => void federation.run({ rate, ...(n === undefined ? {} : { count: n }) }),
    faults: (server) =>
      servers[server]!.faults.list().map(({ id, fault, left }) => ({
        id,
        ...fault,
        left: Number.isFinite(left) ? left : null,
      })),
    fault: async (server, fault) => void await servers[server]!.fault(fault),
    heal: (server) => servers[server]!.heal(),
  };
  try {
    for (let index = 0; index < count; index++) {
      servers.push(
        await startServer({
          book,
          index,
          host,
          port: port === 0 ? 0 : port + index,
          token: `sim-${domains[index]!.split(".")[0]}-${hash(seed, index, 230).toString(36)}`,
          version: options.version ?? "4.5.3",
          access: options.access ?? "public",
          rateLimit: options.rateLimit ?? 300,
          maxBuffered: options.maxBuffered ?? 64 * 1024 * 1024,
          // A timer comes a little early or late.
          patience: pingEvery > 0 ? pingEvery * 0.9 : Infinity,
          clock,
          actions,
        }),
      );
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }

  const activity = createActivity({ book, posts, servers, clock, edits, deletes });
  const streams = servers.map(({ streaming }) => streaming);
  const truth = (post: number) => truthOf(book, servers.map(({ baseURL }) => baseURL), post);
  function* each(gone: boolean): Generator<Truth> {
    for (let post = ledger.first; post < ledger.next; post++) {
      if (ledger.gone(post) === gone) yield truth(post);
    }
  }
  const ping = () => streams.forEach((stream) => stream.ping());
  const pinging = pingEvery > 0 ? setInterval(ping, pingEvery) : undefined;
  let current: AbortController | undefined;

  const federation: Federation = {
    servers: servers.map((server) => ({
      index: server.index,
      domain: server.domain,
      token: server.token,
      requests: server.requests,
      baseURL: server.baseURL,
      get streamingURL() {
        return server.streamingURL;
      },
      counts: () => server.streaming.counts(),
      followed: (streams = 1) => server.followed(streams),
    })),
    publish(n = 1, { home } = {}) {
      const posted = Array.from({ length: n }, () => activity.publish(home));
      activity.flush();
      return posted.filter((post) => post >= ledger.first).map(truth);
    },
    step(n = 1) {
      for (let i = 0; i < n; i++) activity.step();
      activity.flush();
      return n;
    },
    edit(uri) {
      const post = uri === undefined ? activity.recent() : activity.find(uri);
      if (post < 0) return undefined;
      activity.edit(post);
      activity.flush();
      return truth(post);
    },
    delete(uri) {
      const post = uri === undefined ? activity.recent() : activity.find(uri);
      if (post < 0) return undefined;
      activity.remove(post);
      activity.flush();
      return truth(post);
    },
    async fault(server, fault) {
      if (server !== "all") return await servers[server]!.fault(fault);
      const faults = await Promise.all(servers.map((each) => each.fault(fault)));
      return {
        ...faults[0]!,
        clear: async () => void await Promise.all(faults.map((each) => each.clear())),
      };
    },
    async heal(server) {
      const ill = servers.filter(({ index }) => server === undefined || index === server);
      await Promise.all(ill.map((each) => each.heal()));
    },
    truth: () => [...each(false)],
    eachTruth: () => each(false),
    deleted: () => [...each(true)],
    async run({ rate, count = Infinity, signal }) {
      current?.abort();
      current = new AbortController();
      const ended = signal ? AbortSignal.any([signal, current.signal]) : current.signal;
      if (rate === "max") await keepUp(streams, count, federation.step, ended);
      else if (rate > 0) await keepRate(rate, count, federation.step, ended);
    },
    ping,
    async drained() {
      await Promise.all(streams.map((stream) => stream.drained(0)));
    },
    async close() {
      current?.abort();
      clearInterval(pinging);
      await Promise.all(servers.map((server) => server.close()));
    },
  };
  return federation;
}

function ports(first: number, count: number): number {
  return first === 0 ? 0 : first + count - 1;
}
