/**
 * A federation: servers over one world, and what is posted, edited and deleted
 * on it. Nothing happens by itself: time stands where `clock` says, and statuses
 * come when `publish`, `step` or `run` is called.
 *
 * @module
 */
import { openBook } from "./book.ts";
import { createLedger } from "./ledger.ts";
import type { AdminActions } from "./server/admin.ts";
import type { ActiveFault, Fault } from "./server/faults.ts";
import type { Access } from "./server/instance.ts";
import { type RunningServer, type SeenRequest, startServer } from "./server/server.ts";
import { type Truth, truthOf } from "./truth.ts";
import { createAccounts } from "./world/accounts.ts";
import { chance, hash } from "./world/hash.ts";
import { answersBack, authorAt, type World } from "./world/post.ts";
import { createRhythm } from "./world/rhythm.ts";
import { loadTexts } from "./world/texts.ts";

const DAY = 86_400_000;

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
  const now = options.now ?? clock();
  const domains = DOMAINS.slice(0, count);
  const world: World = {
    seed,
    now,
    domains,
    accounts: createAccounts(seed, domains, options.accounts ?? 400, options.outside ?? 0.1),
    texts: loadTexts(),
    rhythm: createRhythm(),
  };
  if (world.accounts.all.length > 65_536) {
    throw new RangeError(`${world.accounts.all.length} accounts are too many; 65,536 is the most`);
  }
  const ledger = createLedger(count, keep);
  let past = 0;
  const book = openBook(world, ledger, () => past);

  const { all, clockwork } = world.accounts;
  const due = clockwork.map((bot) => nextDue(bot, now - history));
  /** Statuses that a fault holds back, by server. */
  const held: { post: number; after: number }[][] = domains.map(() => []);
  let lastPosted = 0, steps = 0;

  /** Enters the next post into the ledger, by whomever. */
  const post = (at: number, home?: number): number => {
    lastPosted = Math.max(lastPosted, Math.floor(at));
    const index = ledger.next;
    let author = -1;
    for (let b = 0; b < due.length; b++) {
      if (due[b]! > lastPosted || (home !== undefined && clockwork[b]!.home !== home)) continue;
      author = clockwork[b]!.index;
      due[b] = nextDue(clockwork[b]!, lastPosted);
      break;
    }
    if (author < 0) {
      // An answer to oneself has the author of what it answers.
      const back = answersBack(seed, index);
      const answered = back > 0 && index - back >= ledger.first
        ? all[ledger.author(index - back)]!
        : undefined;
      author = answered?.every === 0 && (home === undefined || answered.home === home)
        ? answered.index
        : authorAt(world, index, lastPosted, home);
    }
    return ledger.add(author, lastPosted);
  };
  const reaches = (index: number, server: number) => {
    const { home } = all[ledger.author(index)]!;
    // What comes from outside reaches one server at least, or it would be nowhere.
    const first = home < 0 ? hash(seed, index, 199) % count : home;
    return first === server || chance(seed, index, 200 + server) < federates;
  };

  // History: people by their rhythm, and in between the bots as they come due.
  const people = Math.round(perDay * history / DAY);
  const times = world.rhythm.times(
    now - history,
    now,
    people,
    (i) => chance(seed, i, 201),
  );
  for (let i = 0; i <= people; i++) {
    const until = i < people ? times[i]! : now;
    for (;;) {
      const soonest = Math.min(...due);
      if (soonest > until) break;
      arriveInPast(post(soonest));
    }
    if (i < people) arriveInPast(post(until));
  }
  function arriveInPast(index: number): void {
    const posted = ledger.posted(index);
    const { home } = all[ledger.author(index)]!;
    for (let server = 0; server < count; server++) {
      if (!reaches(index, server)) continue;
      const delay = home === server ? 0 : 80 + hash(seed, index, 220 + server) % 1_500;
      ledger.timelines[server]!.arrive(index, Math.min(posted + delay, now));
    }
  }
  past = ledger.next;

  const actions: AdminActions = {
    servers: () =>
      running.map(({ baseURL, domain, token, streamingURL }) => ({
        baseURL,
        domain,
        token,
        streamingURL,
      })),
    stats: () => ({
      published: ledger.next,
      history: past,
      kept: ledger.next - ledger.first,
      servers: running.map(({ baseURL, streaming, requests }) => ({
        baseURL,
        requests: requests.length,
        ...streaming.counts(),
      })),
    }),
    publish: (n, home) => publish(n, home === undefined ? {} : { home }).map(({ uri }) => uri),
    step,
    edit: (uri) => edit(uri)?.uri,
    delete: (uri) => remove(uri)?.uri,
    truth: eachTruth,
    deleted: eachDeleted,
    rate: (rate, n) => void run({ rate, ...(n === undefined ? {} : { count: n }) }),
    faults: (server) =>
      running[server]!.faults.list().map(({ id, fault, left }) => ({
        id,
        ...fault,
        left: Number.isFinite(left) ? left : null,
      })),
    fault: async (server, fault) => void await running[server]!.fault(fault),
    heal: (server) => running[server]!.heal(),
  };

  const running: RunningServer[] = [];
  try {
    for (let index = 0; index < count; index++) {
      running.push(
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
    await Promise.all(running.map((server) => server.close()));
    throw error;
  }
  const baseURLs = () => running.map(({ baseURL }) => baseURL);

  /** Posts one status now and lets it reach the servers. */
  const publishOne = (from?: number): number => {
    const index = post(clock(), from);
    const { home } = all[ledger.author(index)]!;
    for (const server of running) {
      const { faults } = server;
      if (!reaches(index, server.index)) continue;
      const own = home === server.index;
      if (own && faults.use("nulls")) book.hollow.add(index);
      // Where so many are asked for, they are of the server's own people.
      if (faults.use("ulid", (fault) => own || fault.count === undefined)) {
        book.ulids[server.index]!.add(index);
      }
      const timeline = ledger.timelines[server.index]!;
      const waiting = held[server.index]!;
      for (const entry of waiting) entry.after--;
      const late = own ? undefined : faults.use("late");
      if (late) waiting.push({ post: index, after: late.held ?? 3 });
      else timeline.arrive(index, ledger.posted(index));
    }
    // Only now is it known whether it is hollow, and what its id at home is.
    for (const server of running) {
      const timeline = ledger.timelines[server.index]!;
      const waiting = held[server.index]!;
      if (timeline.id(index)) {
        server.streaming.send("update", index);
        server.afterStatus();
      }
      while (waiting[0] && waiting[0].after <= 0) {
        const { post: late } = waiting.shift()!;
        if (ledger.gone(late)) continue;
        timeline.arriveLate(late, ledger.posted(late));
        server.streaming.send("update", late);
        server.afterStatus();
      }
    }
    book.prune();
    return index;
  };
  const flush = () => {
    for (const { streaming } of running) streaming.flush();
  };

  function publish(n = 1, { home }: { home?: number } = {}): Truth[] {
    const posts = Array.from({ length: n }, () => publishOne(home));
    flush();
    return posts.filter((index) => index >= ledger.first)
      .map((index) => truthOf(book, baseURLs(), index));
  }

  /** A post of late that is still there, drawn by the seed. */
  const recent = (salt: number): number => {
    const reach = Math.min(500, ledger.next - ledger.first);
    for (let tries = 0; tries < 20 && reach > 0; tries++) {
      const index = ledger.next - 1 - hash(seed, ++steps, salt) % reach;
      if (!ledger.gone(index)) return index;
    }
    return -1;
  };
  const find = (uri: string): number => {
    for (let index = ledger.next - 1; index >= ledger.first; index--) {
      if (!ledger.gone(index) && book.uri(index) === uri) return index;
    }
    return -1;
  };
  const editOne = (index: number) => {
    const version = (book.edit(index)?.version ?? 0) + 1;
    const at = Math.max(
      Math.floor(clock()),
      (book.edit(index)?.at ?? book.ledger.posted(index)) + 1,
    );
    book.edits.set(index, { version, at });
    for (const { index: server, streaming } of running) {
      if (ledger.timelines[server]!.id(index)) streaming.send("status.update", index);
    }
  };
  const removeOne = (index: number) => {
    ledger.remove(index);
    for (const { index: server, streaming } of running) {
      const id = book.id(server, index);
      if (id !== undefined) streaming.sendDelete(index, id);
    }
  };
  function edit(uri?: string): Truth | undefined {
    const index = uri === undefined ? recent(240) : find(uri);
    if (index < 0) return undefined;
    editOne(index);
    flush();
    return truthOf(book, baseURLs(), index);
  }
  function remove(uri?: string): Truth | undefined {
    const index = uri === undefined ? recent(241) : find(uri);
    if (index < 0) return undefined;
    const truth = truthOf(book, baseURLs(), index);
    removeOne(index);
    flush();
    return truth;
  }

  const stepOne = () => {
    const index = publishOne();
    if (chance(seed, index, 242) < edits) {
      const edited = recent(240);
      if (edited >= 0) editOne(edited);
    }
    if (chance(seed, index, 243) < deletes) {
      const deleted = recent(241);
      if (deleted >= 0) removeOne(deleted);
    }
  };
  function step(n = 1): number {
    for (let i = 0; i < n; i++) stepOne();
    flush();
    return n;
  }

  function* eachTruth(): Generator<Truth> {
    for (let index = ledger.first; index < ledger.next; index++) {
      if (!ledger.gone(index)) yield truthOf(book, baseURLs(), index);
    }
  }
  function* eachDeleted(): Generator<Truth> {
    for (let index = ledger.first; index < ledger.next; index++) {
      if (ledger.gone(index)) yield truthOf(book, baseURLs(), index);
    }
  }

  let current: AbortController | undefined;
  async function run({ rate, count = Infinity, signal }: RunOptions): Promise<void> {
    current?.abort();
    const mine = current = new AbortController();
    const ended = signal ? AbortSignal.any([signal, mine.signal]) : mine.signal;
    if (rate === 0) return;
    await (rate === "max" ? runFlat(count, ended) : runAt(rate, count, ended));
  }
  async function runAt(rate: number, count: number, ended: AbortSignal): Promise<void> {
    const began = performance.now();
    let done = 0;
    while (!ended.aborted && done < count) {
      const owed = Math.min(count, Math.floor((performance.now() - began) / 1000 * rate)) - done;
      if (owed > 0) {
        // A machine that slept does not owe the night.
        step(Math.min(owed, Math.max(10, rate)));
        done += owed;
      }
      await pause(Math.min(250, Math.max(10, 1000 / rate)), ended);
    }
  }
  async function runFlat(count: number, ended: AbortSignal): Promise<void> {
    const batch = 100;
    let done = 0;
    while (!ended.aborted && done < count) {
      if (running.every(({ streaming }) => streaming.counts().subscriptions === 0)) {
        await pause(20, ended);
        continue;
      }
      const n = Math.min(batch, count - done);
      step(n);
      done += n;
      await Promise.all(running.map(({ streaming }) => streaming.drained(512 * 1024)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const pinging = pingEvery > 0
    ? setInterval(() => running.forEach(({ streaming }) => streaming.ping()), pingEvery)
    : undefined;

  return {
    servers: running.map((server) => ({
      index: server.index,
      domain: server.domain,
      token: server.token,
      requests: server.requests,
      get baseURL() {
        return server.baseURL;
      },
      get streamingURL() {
        return server.streamingURL;
      },
      counts: () => server.streaming.counts(),
      followed: (streams = 1) => server.followed(streams),
    })),
    publish,
    step,
    edit,
    delete: remove,
    async fault(server, fault) {
      if (server !== "all") return await running[server]!.fault(fault);
      const faults = await Promise.all(running.map((each) => each.fault(fault)));
      return {
        ...faults[0]!,
        clear: async () => void await Promise.all(faults.map((each) => each.clear())),
      };
    },
    async heal(server) {
      await Promise.all(
        running.filter(({ index }) => server === undefined || index === server)
          .map((each) => each.heal()),
      );
    },
    truth: () => [...eachTruth()],
    eachTruth,
    deleted: () => [...eachDeleted()],
    run,
    ping: () => running.forEach(({ streaming }) => streaming.ping()),
    async drained() {
      await Promise.all(running.map(({ streaming }) => streaming.drained(0)));
    },
    async close() {
      current?.abort();
      clearInterval(pinging);
      await Promise.all(running.map((server) => server.close()));
    },
  };
}

function ports(first: number, count: number): number {
  return first === 0 ? 0 : first + count - 1;
}

function nextDue({ every, phase }: { every: number; phase: number }, after: number): number {
  return (Math.floor((after - phase) / every) + 1) * every + phase;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
