/**
 * Runs the listener's feeds and collector against faults and hostile modes of the simulator, in one
 * process and with a fake clock, and compares the view of the lake with the truth.
 *
 * `deno task bench:faults` runs the same scenes with more toots, with a listener in its own process,
 * and in real time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compare, isRight } from "../bench/faults/compare.ts";
import { MODES } from "../bench/faults/hostile.ts";
import { queryLake } from "../bench/faults/lake-rows.ts";
import { type Scene, SCENES, type Timeline, type Transport } from "../bench/faults/scenes.ts";
import { createFakeClock } from "../common/testing/fake-clock.ts";
import type { Row } from "../lake/mod.ts";
import { feed, type FeedDeps } from "../listener/mastodon/feed.ts";
import { realWorld } from "../listener/mastodon/feed-options.ts";
import {
  type Fault,
  type FaultKind,
  type Federation,
  startFederation,
  type Truth,
} from "../simulator/mod.ts";
import { collectIntoLake } from "./fuzz/into-lake.ts";

interface Toot extends Row {
  readonly uri: string;
  readonly mastodon_text: string | null;
  readonly withheld: string | null;
  /** When it was posted, in milliseconds since 1970. */
  readonly posted: bigint;
}

interface Run {
  /** The faults of the first server, one step after the other. */
  readonly steps: readonly {
    readonly name: string;
    readonly faults: readonly Fault[] | ((federation: Federation) => readonly Fault[]);
  }[];
  /** True if the listener also listens to the second server, and only its toots are compared. */
  readonly hostile?: boolean;
  /** True if the listener also listens to the second server. */
  readonly both?: boolean;
  readonly transport: Transport;
  readonly timeline: Timeline;
  readonly consent?: "none" | "opt-out";
}

/** The toots before the faults, during a fault, and after the faults. */
const TOOTS = 90;
/** The number of toots between two moves of the clock. */
const BURST = 15;

/** The time at which a run begins. */
const START = Date.UTC(2026, 1, 1, 12);

/** The time after the faults in which the view becomes right, in milliseconds. */
const SETTLE = 300_000;

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Plays a run, and checks that the view is right at its end. */
async function play({ steps, hostile = false, both = hostile, ...run }: Run): Promise<void> {
  const { transport, timeline, consent = "none" } = run;
  const federated = timeline === "federated";
  const clock = createFakeClock({ running: true, start: START });
  const folder = await Deno.makeTempDir();
  const federation = await startFederation({
    servers: federated || both ? 2 : 1,
    // A forged copy cannot be told from an honest one if nobody listens to the author's server.
    outside: federated && !both ? 0.1 : 0,
    federates: federated ? 1 : 0,
    accounts: 60,
    ownAddresses: true,
    rateLimit: Infinity,
    pingEvery: 0,
    edits: 0.1,
    deletes: 0.1,
    clock: clock.now,
  });
  const { servers: [first, second] } = federation;
  const servers = federation.servers.slice(0, both ? 2 : 1);
  federation.publish(5);
  const before = new Set(federation.truth().map(({ uri }) => uri));
  const lake = await collectIntoLake(folder, consent, clock);
  const abort = new AbortController();
  let inFlight = 0, failure: unknown = null;
  const deps: FeedDeps = {
    ...realWorld,
    clock,
    random: () => 0.5,
    async fetch(url, init) {
      inFlight++;
      try {
        const answer = await fetch(url, init);
        return new Response(await answer.arrayBuffer(), answer);
      } finally {
        inFlight--;
      }
    },
  };
  const follow = async (baseURL: string, token: string | null) => {
    const options = { baseURL, token, federated, contact: null, signal: abort.signal };
    for await (const burst of feed(options, deps)) {
      for (const event of burst) lake.collector.take(baseURL, event);
      await lake.collector.room();
    }
  };
  const following = servers.map(({ baseURL, token }) =>
    follow(baseURL, transport === "streamed" ? token : null).catch((error) => failure ??= error)
  );
  /** Moves the clock, and waits until the feeds have read what they requested and received. */
  const wind = async (milliseconds: number) => {
    clock.advance(milliseconds);
    do {
      await federation.drained();
      await turn();
    } while (inFlight > 0);
    await turn();
    if (failure !== null) throw failure;
  };
  const settle = async (milliseconds: number) => {
    for (let time = 0; time < milliseconds; time += 5_000) await wind(5_000);
  };
  const post = async (count: number) => {
    for (let posted = 0; posted < count; posted += BURST) {
      federation.step(BURST);
      await wind(1_000);
    }
  };
  const began: string[] = [];
  try {
    if (transport === "streamed") await Promise.all(servers.map((server) => server.followed()));
    await settle(15_000);
    await post(TOOTS);
    for (const { name, faults } of steps) {
      began.push(`${name} at ${new Date(clock.now()).toISOString()}`);
      const now = typeof faults === "function" ? faults(federation) : faults;
      for (const fault of now) await federation.fault(first!.index, fault);
      await post(hostile ? BURST : TOOTS);
      await settle(15_000);
      await federation.heal();
    }
    await post(TOOTS);
    await settle(SETTLE);
    abort.abort();
    await Promise.all(following);
    await lake.finish();
    const rows = await queryLake<Toot>(
      `${folder}/lake`,
      "select uri, mastodon_text, withheld, epoch_ms(posted_at) as posted from mastodon_toot",
    );
    const isCompared = ({ home, ids, noindex, optOut }: Truth) =>
      (consent === "none" || !noindex && optOut === null) &&
      (hostile
        ? home === second!.baseURL
        : servers.some(({ baseURL }) => federated ? baseURL in ids : home === baseURL));
    const truth = federation.truth().filter(isCompared);
    const result = compare({
      truth,
      rows: rows.filter(({ uri, withheld }) =>
        withheld === null && (!hostile || uri.startsWith(second!.baseURL))
      ),
      before,
    });
    assert.ok(isRight(result) && result.alive > 40, JSON.stringify({ ...result, began }, null, 1));
    const posted = new Map(rows.map((row) => [row.uri, Number(row.posted)]));
    const moved = truth.filter((status) =>
      posted.has(status.uri) && status.altered.length === 0 &&
      posted.get(status.uri) !== status.posted
    );
    assert.deepEqual(moved.map(({ uri }) => uri), [], "toots with another time");
  } finally {
    abort.abort();
    await Promise.all(following);
    await lake.finish().catch(() => {});
    await federation.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The faults that need no real time. `faults_test.ts` covers connections and refused requests. */
const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  ...["hiccup", "duplicate", "revoked-token", "delete-first", "ids-ahead", "clock-ahead"] as const,
  ...["odd-id", "nulls", "local-only", "no-zone", "forged-edits", "forged-deletes"] as const,
  ...["short-pages", "unordered-pages", "object-pages", "empty-pages", "min-id"] as const,
  "token-elsewhere",
]);

const MORE: readonly Scene[] = [
  { name: "token elsewhere", faults: [{ kind: "token-elsewhere" }], transport: "streamed" },
];

for (const { name, faults = [], both = false, env = {}, ...scene } of [...SCENES, ...MORE]) {
  if (faults.length === 0 || !faults.every(({ kind }) => KINDS.has(kind))) continue;
  const isOfPages = faults.some(({ kind }) => kind === "min-id" || kind.endsWith("-pages"));
  const transport = scene.transport ?? (isOfPages ? "polled" : "streamed");
  const { timeline = "local" } = scene;
  const title = `${name}, ${transport}, ${timeline}: the view is the truth`;
  Deno.test(title, async () => {
    if (Object.entries(env).some(([key, value]) => Deno.env.get(key) !== value)) {
      return await testInChild(title, env);
    }
    await play({ steps: [{ name, faults }], both, transport, timeline });
  });
}

/**
 * Runs one test of this file in its own process, because a time zone would change the other tests
 * of this process too.
 */
async function testInChild(title: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--filter", title, import.meta.filename!],
    env,
  });
  const { success, stdout } = await child.output();
  assert.ok(success, new TextDecoder().decode(stdout));
  assert.match(new TextDecoder().decode(stdout), /1 passed/);
}

/** Settings that make hostile modes cheap enough for a test. */
const SMALL: Partial<Record<FaultKind, object>> = {
  "html": { size: 100_000 },
  "hashtags": { many: 20_000, share: 0.2 },
  "long-field": { length: 100_000 },
  "huge-pages": { items: 300_000 },
  "flood": { authors: 500 },
};

for (const polled of [false, true]) {
  const steps = MODES.filter((mode) => (mode.polled ?? false) === polled).map((mode) => ({
    name: mode.name,
    faults: mode.faults.map((fault) => ({ ...fault, ...SMALL[fault.kind] })),
  }));
  const transport = polled ? "polled" : "streamed";
  Deno.test(`${steps.length} hostile modes, ${transport}: the view of an honest server is the truth`, () =>
    play({ steps, hostile: true, transport, timeline: "local" }));
}

Deno.test("copies that say noindex withhold no toot of the authors' own server", () =>
  play({
    steps: [{ name: "foreign noindex", faults: [{ kind: "foreign-noindex" }] }],
    hostile: true,
    transport: "streamed",
    timeline: "federated",
    consent: "opt-out",
  }));

Deno.test("forged edits with a believable time: the view is the truth", () =>
  play({
    steps: [{
      name: "forged edits",
      faults: [{ kind: "forged-edits", count: 10, at: new Date(START + 60_000).toISOString() }],
    }],
    both: true,
    transport: "streamed",
    timeline: "federated",
  }));

/**
 * Makes the frames of a server that has opted out under the names of another server's authors. Then
 * it sends statuses of these authors that have its own address.
 */
function namesakes({ servers, truth }: Federation): Fault[] {
  const [evil, honest] = servers;
  const names = truth().filter(({ home }) => home === honest!.baseURL).map(({ acct }) => acct);
  const accounts = [...new Set(names)].flatMap((acct) => {
    const username = acct.split("@")[0]!;
    const own = { acct: username, username };
    return [{ acct, username }, { ...own, noindex: true }, { acct, username }, own];
  });
  return accounts.map((account, n) => {
    const id = String(116_000_000_000_000_000n + BigInt(n));
    const payload = {
      ...{ id, account, uri: `${evil!.baseURL}/statuses/${id}`, content: "<p>Loaf</p>" },
      ...{ created_at: "2026-02-01T08:30:00.000Z", visibility: "public" },
    };
    return { kind: "frame", text: JSON.stringify({ event: "update", payload }) };
  });
}

Deno.test("a server cannot opt out the authors of another server by their names", () =>
  play({
    steps: [{ name: "namesakes", faults: namesakes }],
    hostile: true,
    transport: "streamed",
    timeline: "local",
    consent: "opt-out",
  }));
