/**
 * A federation: servers that share one world, with its posts, edits and deletes. Except for pings,
 * nothing happens by itself. The time comes from `clock`, and statuses are posted only by
 * `publish`, `step` or `run`.
 *
 * @module
 */
import { createActivity } from "./activity/activity.ts";
import { createAdminActions } from "./admin-actions.ts";
import { openBook } from "./book.ts";
import type { ActiveFault } from "./faults/active.ts";
import type { Fault } from "./faults/fault.ts";
import {
  checkOptions,
  completeOptions,
  DOMAINS,
  type FederationOptions,
  softwareOf,
} from "./federation-options.ts";
import type { Federation } from "./federation-types.ts";
import { forge } from "./activity/forgery.ts";
import { createLedger } from "./ledger.ts";
import { keepRate, keepUp } from "./activity/pace.ts";
import { createPosts, fillHistory } from "./posts.ts";
import { type RunningServer, startServer } from "./server/server.ts";
import { findSoftware } from "./software/all.ts";
import { type Truth, truthOf } from "./truth.ts";
import { createAccounts, moveAccounts } from "./world/accounts.ts";
import { hash } from "./world/hash.ts";
import type { World } from "./world/post.ts";
import { createRhythm } from "./world/rhythm.ts";
import { loadTexts } from "./world/texts.ts";

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
  const all = completeOptions(options);
  checkOptions(all);
  const { servers: count, port, seed, clock, history, perDay, keep, pingEvery } = all;
  const now = options.now ?? clock();
  const domains = DOMAINS.slice(0, count);
  const origins = domains.map((domain, index) =>
    `https://${all.splitDomains.includes(index) ? "social." : ""}${domain}`
  );
  const world: World = {
    seed,
    now,
    domains,
    accounts: createAccounts(seed, domains, all.accounts, all.outside, origins),
    texts: loadTexts(),
    rhythm: createRhythm(),
  };
  const ledger = createLedger(count, keep);
  let past = 0;
  const book = openBook(world, ledger, () => past);
  const posts = createPosts({ world, ledger, federates: all.federates, since: now - history });
  fillHistory({ world, ledger }, posts, history, perDay);
  past = ledger.next;

  const servers: RunningServer[] = [];
  const actions = createAdminActions({
    servers,
    ledger,
    history: past,
    federation: () => federation,
    deleted: () => each(true),
  });
  try {
    for (let index = 0; index < count; index++) {
      servers.push(
        await startServer({
          book,
          index,
          host: all.host,
          port: port === 0 ? 0 : port + index,
          token: `sim-${domains[index]!.split(".")[0]}-${hash(seed, index, 230).toString(36)}`,
          software: softwareOf(options, index),
          access: all.access,
          rateLimit: all.rateLimit,
          maxBuffered: all.maxBuffered,
          // This is a little less than the time between two pings. Otherwise an early ping could
          // come too soon to disconnect a reader that has not answered the previous one.
          pongTimeout: pingEvery > 0 ? pingEvery * 0.9 : Infinity,
          clock,
          actions,
        }),
      );
      if (!all.ownAddresses) continue;
      const { baseURL: origin } = servers[index]!;
      domains[index] = new URL(origin).host;
      moveAccounts(world.accounts, index, { domain: domains[index]!, origin });
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }

  const { edits, deletes } = all;
  const activity = createActivity({ book, posts, servers, clock, edits, deletes });
  const faultOn = async (server: RunningServer, fault: Fault): Promise<ActiveFault> => {
    if (fault.kind !== "forged-edits" && fault.kind !== "forged-deletes") {
      return await server.fault(fault);
    }
    forge(book, server, fault);
    return { id: 0, fault, left: 0, clear: () => Promise.resolve() };
  };
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
      if (server !== "all") return await faultOn(servers[server]!, fault);
      const faults = await Promise.all(servers.map((each) => faultOn(each, fault)));
      return {
        ...faults[0]!,
        clear: async () => void await Promise.all(faults.map((each) => each.clear())),
      };
    },
    async heal(server) {
      const ill = servers.filter(({ index }) => server === undefined || index === server);
      await Promise.all(ill.map((each) => each.heal()));
    },
    setSoftware(server, text) {
      servers[server]!.software = findSoftware(text);
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
