/**
 * Tests a feed from a server that mixes mutated frames and pages with honest ones. Nothing may
 * throw, every event must be counted, and all honest statuses must arrive.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createFakeClock, type FakeClock } from "../common/testing/fake-clock.ts";
import { feed, type FeedDeps } from "../listener/mastodon/feed.ts";
import { idOf } from "../listener/mastodon/status-fields.ts";
import { accountOf } from "../listener/replay/replay.ts";
import { type Federation, type SimulatedServer, startFederation } from "../simulator/mod.ts";
import { collectIntoLake, type IntoLake } from "./fuzz/into-lake.ts";
import { createMutator, type Mutator } from "./fuzz/mutate.ts";
import { createRandom, type Random } from "./fuzz/random.ts";
import { honestStatuses, renumber } from "./fuzz/statuses.ts";

/** The number of frames; the number of pages is a tenth of it. */
const COUNT = Math.ceil(Number(Deno.env.get("FUZZ") ?? 4_000) / 4);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);

interface Scene {
  federation: Federation;
  server: SimulatedServer;
  clock: FakeClock;
  random: Random;
  mutator: Mutator;
  /** The honest statuses of another federation. */
  statuses: readonly string[];
  /** Publishes honest statuses. */
  publish(count: number): void;
  /** Resolves when all statuses that the server published have arrived. */
  complete(): Promise<void>;
  /** @throws the error that ended the feed */
  check(): void;
}

/** Lets the feed read what has arrived. */
const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Follows a server, and checks at the end that everything is counted. */
async function follow(
  token: boolean,
  deps: Partial<FeedDeps>,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const random = createRandom(SEED);
  const clock = createFakeClock({ running: true });
  const folder = await Deno.makeTempDir();
  const federation = await startFederation({
    servers: 1,
    outside: 0,
    rateLimit: Infinity,
    pingEvery: 0,
    clock: clock.now,
  });
  const server = federation.servers[0]!;
  federation.publish(1);
  const before = new Set(federation.truth().map(({ uri }) => uri));
  const lake: IntoLake = await collectIntoLake(folder, "none");
  const abort = new AbortController();
  // Statuses are compared by id, because a mutated status may replace the honest one.
  const ids = new Set<string>();
  /**
   * The published statuses that have not arrived yet. With this set, a step need not compare all
   * statuses.
   */
  const pending = new Set<string>();
  let events = 0;
  let failed: unknown = null;
  const reading = (async () => {
    for await (
      const burst of feed({
        baseURL: server.baseURL,
        token: token ? server.token : null,
        federated: false,
        contact: "https://example.org",
        signal: abort.signal,
      }, { clock, random: () => 0, ...deps })
    ) {
      for (const event of burst) {
        if (event.kind === "status") {
          const id = idOf(event.status) ?? "";
          ids.add(id);
          pending.delete(id);
        }
        if (["status", "delete", "bad"].includes(event.kind)) events++;
        lake.collector.take(server.baseURL, event);
      }
      await lake.collector.room();
    }
  })().catch((error) => failed = error);
  try {
    if (token) await server.followed();
    await act({
      ...{ federation, server, clock, random, mutator: createMutator(random) },
      statuses: await honestStatuses(SEED),
      check() {
        if (failed !== null) throw failed;
      },
      publish(count) {
        for (const status of federation.publish(count)) {
          const id = status.ids[server.baseURL]!;
          if (!ids.has(id)) pending.add(id);
        }
      },
      async complete() {
        for (let tries = 0; pending.size > 0 && failed === null && tries < 600; tries++) {
          // Most statuses are on their way. The feed finds the rest when it reads the timeline
          // again.
          if (tries >= 100) clock.advance(2_000);
          await turn(tries < 100 ? 0 : 20);
        }
        if (failed !== null) throw failed;
        assert.equal(pending.size, 0, "honest statuses that never came");
      },
    });
    for (const { uri, ids: { [server.baseURL]: id } } of federation.eachTruth()) {
      assert.ok(before.has(uri) || ids.has(id!), `${uri} never came`);
    }
  } finally {
    abort.abort();
    await reading;
    const records = await lake.finish();
    await federation.close();
    await Deno.remove(folder, { recursive: true });
    const account = accountOf(lake.totals);
    if (failed === null) {
      assert.equal(Object.values(account).reduce((sum, n) => sum + n, 0), events);
      assert.equal(records.toots, account.toots);
    }
  }
}

Deno.test(`fuzz: ${COUNT} mutated frames among honest ones`, () =>
  follow(true, {}, async ({ federation, random, mutator, statuses, publish, complete }) => {
    for (let left = COUNT; left > 0;) {
      for (let n = 0; n < 50 && left > 0; n++, left--) {
        const text = mutator.frame(renumber(random.pick(statuses), random.below(1_000_000)));
        await federation.fault(0, { kind: "frame", text });
        if (random.chance(0.1)) publish(1);
      }
      await federation.drained();
      await complete();
    }
  }));

Deno.test(`fuzz: ${Math.ceil(COUNT / 10)} mutated pages among honest ones`, async () => {
  const random = createRandom(SEED + 1);
  const mutator = createMutator(random);
  let mutated = 0;
  const isDescription = (url: string) => /\/api\/v\d\/instance(\/activity)?$/.test(url);
  const mutating: FeedDeps["fetch"] = async (url, init) => {
    const answer = await fetch(url, init);
    const { headers } = answer;
    if (isDescription(url) && random.chance(0.9)) {
      return new Response(mutator.status(await answer.text()), { status: 200, headers });
    }
    const isTimeline = url.includes("/api/v1/timelines/") && answer.status === 200;
    if (!isTimeline || mutated >= COUNT / 10 || random.chance(0.5)) return answer;
    mutated++;
    const statuses = (await answer.json() as unknown[]).map((status) => JSON.stringify(status));
    if (mutated % 20 === 0) {
      return new Response(mutator.error(), { status: random.pick([400, 401, 404, 500]), headers });
    }
    return new Response(mutator.page(statuses), { status: 200, headers });
  };
  await follow(false, { fetch: mutating }, async ({ clock, publish, complete, check }) => {
    for (let round = 0; mutated < COUNT / 10 && round < 20 * COUNT; round++) {
      if (round % 5 === 0) publish(3);
      clock.advance(2_000);
      await turn(2);
      check();
    }
    await complete();
  });
});
