import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import type { Toot } from "../../record/record.ts";
import { collect } from "./follow-servers.ts";
import { type Collector, type CollectorOptions, createCollector } from "./collector.ts";
import type { DeadLetter } from "./dead-letters/dead-letter-file.ts";
import { createDurability } from "./durability.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { createFakeClock, type FakeClock } from "../../common/testing/fake-clock.ts";
import { createTestSink, type TestSink } from "../testing/sink.ts";
import { aStatus, told } from "../testing/status.ts";
import { DEAD_LETTER_BURST, DEAD_LETTERS_PER_SECOND, REPLAYED_SERVERS } from "../limits.ts";
import { createOptOuts } from "../toot/known-opt-outs.ts";
import type { GivenFile } from "../mastodon/given-file.ts";
import { createGivenStatuses } from "../mastodon/given-statuses.ts";
import { keyedHash } from "../toot/hash.ts";
import { createTotals, type ServerTotals, serverTotals, type Totals } from "../report/totals.ts";

const BREAD = "https://bread.example", BUTTER = "https://butter.example";
const settled = () => new Promise((resolve) => setTimeout(resolve));

interface Bench {
  collector: Collector;
  sinks: TestSink[];
  totals: Totals;
  counts: ServerTotals;
  clock: FakeClock;
  /** The ids that the checkpoint of bread.example has received, in order. */
  noted: string[];
  /** The status ids of the deletes in the journal. */
  journal: string[];
  letters: DeadLetter[];
  said: string[];
  stopped: () => number;
  take(...events: ServerEvent[]): Promise<void>;
}

function setUp(
  options: Partial<CollectorOptions> & { patient?: boolean; sinks?: undefined; count?: number } =
    {},
  memory?: GivenFile,
): Bench {
  const { patient = false, count = 1, ...rest } = options;
  const clock = createFakeClock({ start: Date.UTC(2026, 2, 1) });
  const totals = createTotals(clock.now());
  const durability = createDurability(count);
  const sinks = Array.from(
    { length: count },
    (_, i) => createTestSink((seq) => durability.durable(i, seq), { name: `test ${i}`, patient }),
  );
  for (const { name } of sinks) totals.sinks.push({ name, written: 0, durable: 0, unfit: 0 });
  const noted: string[] = [], journal: string[] = [], said: string[] = [];
  const letters: DeadLetter[] = [];
  let stopped = 0;
  const checkpoint = {
    path: "",
    read: () => Promise.resolve(null),
    note: ({ id }: { id: string | null }) => void noted.push(id ?? "none"),
    close: () => Promise.resolve(),
  };
  const deletes = {
    left: [],
    add: ({ status_id }: { status_id: string }) => void journal.push(status_id),
    settle: (settled: number) => void journal.splice(0, settled),
    close() {},
  };
  const collector = createCollector({
    durability,
    privacy: { consent: "none", hashAuthors: false, hash: keyedHash(new Uint8Array(32)) },
    states: new Map([[BREAD, { checkpoint, deletes, ...memory === undefined ? {} : { memory } }]]),
    deadLetters: { add: (letter) => letters.push(letter), forget() {}, close() {} },
    totals,
    log: { info: (message) => said.push(message), warning: (message) => said.push(message) },
    stop: () => stopped++,
    clock,
    batches: { rows: 4 },
    ...rest,
    sinks,
  });
  return {
    ...{ collector, sinks, totals, clock, noted, journal, letters, said },
    counts: serverTotals(totals, BREAD),
    stopped: () => stopped,
    async take(...events) {
      for (const event of events) collector.take(BREAD, event);
      await collector.room();
    },
  };
}

const uris = (toots: readonly Toot[]) => toots.map(({ uri }) => uri.split("/").at(-1));
const id = (n: number) => aStatus(n)["id"] as string;

Deno.test("statuses become toots in batches, in the order of arrival", async () => {
  const { take, sinks, counts, collector } = setUp();
  for (const n of [1, 2, 3, 4, 5]) await take(told(n));
  assert.deepEqual(uris(sinks[0]!.toots), [1, 2, 3, 4].map(id));
  await collector.finish();
  assert.deepEqual(uris(sinks[0]!.toots), [1, 2, 3, 4, 5].map(id));
  assert.deepEqual(sinks[0]!.batches.map(({ seq }) => seq), [1, 2]);
  assert.ok(sinks[0]!.closed);
  assert.equal(counts.toots, 5);
  assert.equal(counts.transports.stream, 5);
});

Deno.test("a status is recorded once per server, and each edit once more", async () => {
  const { collector, sinks, totals } = setUp();
  const edited = told(1, { edited_at: "2026-02-01T12:00:00.000Z" });
  for (const event of [told(1), told(1), edited, edited, told(1)]) collector.take(BREAD, event);
  for (const event of [told(1), told(1, { id: "7" })]) collector.take(BUTTER, event);
  await collector.finish();
  assert.equal(sinks[0]!.toots.length, 3);
  assert.equal(serverTotals(totals, BREAD).duplicates, 3);
  assert.equal(serverTotals(totals, BUTTER).duplicates, 1);
});

Deno.test("another text or an opt-out makes a further record, even if edited_at says nothing", async () => {
  const { collector, sinks, counts } = setUp({ privacy: OPT_OUT });
  const account = { ...aStatus(1)["account"] as Record<string, unknown>, noindex: true };
  const changed = [told(1, { content: "<p>Bun</p>" }), told(1, { account })];
  for (const event of [told(1), ...changed, told(1), ...changed]) collector.take(BREAD, event);
  await collector.finish();
  assert.deepEqual(
    sinks[0]!.toots.map(({ mastodon_text, withheld }) => [mastodon_text, withheld]).slice(1),
    [["Bun", null], [null, "noindex"]],
  );
  assert.equal(counts.duplicates, 3);
});

Deno.test("a copy with an edit in the future becomes a further record when its time has come", async () => {
  const { collector, sinks, clock, counts } = setUp();
  const account = aStatus(1)["account"] as Record<string, unknown>;
  const edited_at = new Date(clock.now() + 300_000).toISOString();
  const copy = { edited_at, account: { ...account, acct: "bo@butter.example" } };
  const all = [told(1, copy), told(1, copy), told(2, { edited_at })];
  for (const event of all) collector.take(BREAD, event);
  clock.advance(300_000);
  for (const event of all) collector.take(BREAD, event);
  await collector.finish();
  const ahead = sinks[0]!.toots.map(({ edited_at, observed_at }) => edited_at! > observed_at);
  assert.deepEqual(ahead, [true, true, false]);
  assert.equal(counts.duplicates, 3);
});

Deno.test("with opt-in, a toot that comes again without the opt-in is withheld", async () => {
  const { collector, sinks } = setUp({ privacy: { ...OPT_OUT, consent: "opt-in" } });
  for (const indexable of [true, true, false]) {
    const account = { ...aStatus(1)["account"] as Record<string, unknown>, indexable };
    collector.take(BREAD, told(1, { account }));
  }
  await collector.finish();
  assert.deepEqual(sinks[0]!.toots.map(({ withheld }) => withheld), [null, "not indexable"]);
});

Deno.test("coverage and a server's identity become records and fields of records", async () => {
  const { collector, sinks, clock } = setUp({ timeline: "federated" });
  collector.take(BREAD, { kind: "identity", domain: "bread.example", software: "Mastodon 4.5.0" });
  collector.take(BREAD, told(1));
  collector.take(BREAD, {
    ...{ kind: "coverage", from: 1_000, until: 61_000, transport: "stream", outcome: "covered" },
    ...{ statuses: 1, cause: null },
  });
  await collector.finish();
  assert.equal(sinks[0]!.toots[0]!.server_software, "Mastodon 4.5.0");
  assert.deepEqual(sinks[0]!.coverage, [{
    ...{ base_url: BREAD, timeline: "federated", from: 1_000, until: 61_000 },
    ...{
      transport: "stream",
      outcome: "covered",
      statuses: 1n,
      cause: null,
      recorded_at: clock.now(),
    },
  }]);
});

Deno.test("excluded statuses are counted, and not as duplicates", async () => {
  const { take, counts, collector, sinks } = setUp();
  const boost = told(1, { reblog: aStatus(0) });
  await take(boost, boost, told(1), told(2, { visibility: "private" }));
  await collector.finish();
  const { boosts, notPublic, duplicates, toots } = counts;
  assert.deepEqual({ boosts, notPublic, duplicates, toots }, {
    boosts: 2,
    notPublic: 1,
    duplicates: 0,
    toots: 1,
  });
  assert.equal(sinks[0]!.toots.length, 1);
});

Deno.test("an unreadable status is counted, reported once and stored with its reason; the run continues", async () => {
  const { take, counts, collector, letters, said, sinks } = setUp();
  const poisoned = told(4);
  let reads = 0;
  Object.defineProperty(poisoned.status, "content", {
    get() {
      if (++reads === 1) throw new Error("poison");
      return "";
    },
  });
  const raw = "{half a fra";
  await take(
    told(1),
    told(2, { created_at: "yesterday" }),
    told(2, { created_at: "yesterday" }),
    { kind: "bad", transport: "stream", reason: "the frame is not JSON", raw },
    poisoned,
    told(3),
  );
  await collector.finish();
  assert.equal(counts.deadLetters, 4);
  assert.equal(sinks[0]!.toots.length, 2);
  assert.equal(said.length, 3);
  assert.match(said[0]!, /bread\.example: left out, .*created_at \(id 116\d+2\)/);
  assert.deepEqual(letters.map(({ reason }) => reason), [
    "the status has no usable created_at",
    "the frame is not JSON",
    "the status cannot be read: poison",
  ]);
  assert.equal(letters[0]!.id, id(2));
  assert.equal(JSON.parse(letters[0]!.raw!).created_at, "yesterday");
  assert.equal(letters[1]!.raw, raw);
});

const hash = keyedHash(new Uint8Array(32));
const OPT_OUT = { consent: "opt-out", hashAuthors: false, hash } as const;

Deno.test("a dead letter contains nothing of an author who may have opted out", async () => {
  const { take, collector, letters, said } = setUp({
    privacy: { ...OPT_OUT, optOuts: createOptOuts(10) },
  });
  const mal = { acct: "mal", username: "mal", noindex: true };
  const known = { acct: "mal@bread.example", username: "mal" };
  const broken = { created_at: null, content: "SECRET" };
  await take(told(1, { account: mal }), told(2, { created_at: null }));
  for (const account of [mal, known, null, "mal"]) await take(told(3, { ...broken, account }));
  await take({ kind: "bad", transport: "stream", reason: "the frame is not JSON", raw: "SECRET" });
  await collector.finish();
  assert.deepEqual(letters.map(({ raw, id }) => raw === null && id === null), [
    ...[false, true, true, true, true, true],
  ]);
  assert.ok(!/SECRET|mal/.test(said.join()));
});

Deno.test("a delete has the same id as its record", async () => {
  const deletion = { kind: "delete", id: id(1) } as const;
  const hashed = hash(`${BREAD}|${id(1)}`);
  const outcomes = { record: [id(1)], hashed: [hashed], "left out": [] } as const;
  const none = { consent: "none", hashAuthors: false, hash } as const;
  for (
    const [privacy, outcome, ids] of [
      [none, "pending", [id(1)]],
      [OPT_OUT, "pending", [id(1), hashed]],
      [{ ...none, hashAuthors: true }, "pending", [hashed]],
      ...(["record", "hashed", "left out"] as const).map((known) =>
        [OPT_OUT, known, outcomes[known]] as const
      ),
    ] as const
  ) {
    const settled: string[] = [];
    const remembered = createGivenStatuses({
      entries: [{ id: id(1), at: 0, edited: 0, outcome, deleted: false }],
    });
    const given = {
      ...createGivenStatuses(),
      find: () => remembered.find(id(1)),
      settle: (_: string, as: string) => void settled.push(as),
    };
    const memory = { given, begin() {}, prepare: () => null, close() {} };
    const { take, collector, sinks, counts } = setUp({ privacy }, memory);
    const account = { acct: "ada", noindex: true };
    await take(told(1, { account }), deletion);
    await collector.finish();
    assert.deepEqual(sinks[0]!.deletions.map(({ status_id }) => status_id), ids);
    assert.equal(counts.deletes, 1);
    assert.deepEqual(settled, [privacy === none ? "record" : "hashed"]);
  }
});

Deno.test("the plain and hashed id of a delete are not adjacent; both are durable before the journal drops it", async () => {
  const { take, collector, sinks, journal, clock } = setUp({ privacy: OPT_OUT });
  const ids = Array.from({ length: 10 }, (_, n) => `${n}`);
  await take(...ids.map((id) => ({ kind: "delete", id }) as const));
  clock.advance(1_000);
  await settled();
  const written = () => sinks[0]!.deletions;
  assert.deepEqual(written().map(({ status_id }) => status_id), ids);
  assert.equal(journal.length, 10);
  clock.advance(600_000);
  await settled();
  clock.advance(1_000);
  await settled();
  const later = written().slice(10);
  const hashes = ids.map((id) => hash(`${BREAD}|${id}`)).sort();
  assert.deepEqual(later.map(({ status_id }) => status_id), hashes);
  assert.ok(later.every(({ deleted_at }) => deleted_at % 3_600_000 === 0));
  await collector.finish();
  assert.deepEqual(journal, []);
});

Deno.test("an unreadable event becomes a dead letter of its server, and the run continues", async () => {
  const { take, collector, counts, sinks, letters } = setUp();
  const broken = Object.defineProperty({ kind: "delete" }, "id", {
    get() {
      throw new TypeError("broken");
    },
  });
  await take(broken as ServerEvent, told(1));
  await collector.finish();
  assert.equal(sinks[0]!.toots.length, 1);
  assert.equal(counts.deadLetters, 1);
  assert.ok(letters.every(({ raw }) => raw === null || raw === ""));
});

Deno.test("a million unreadable statuses are counted, but only a few are stored and reported", async () => {
  const { take, counts, letters, said, clock } = setUp();
  const deep = JSON.parse('{"0":'.repeat(10_000) + "1" + "}".repeat(10_000));
  const bad = Array.from({ length: 20_000 }, (_, n) => told(n, { created_at: null, deep }));
  await take(...bad);
  assert.equal(counts.deadLetters, 20_000);
  assert.equal(letters.length, DEAD_LETTER_BURST);
  assert.ok(said.length <= DEAD_LETTER_BURST + 1);
  // After some seconds, the server may store and report more dead letters.
  clock.advance(10_000);
  await take(
    ...bad.map((event, n) => ({
      ...event,
      status: { ...aStatus(n, { id: `x${n}`, created_at: 0 }) },
    })),
  );
  assert.equal(letters.length, DEAD_LETTER_BURST + 10 * DEAD_LETTERS_PER_SECOND);
});

Deno.test("a replay of very many servers counts them together, and keeps their addresses", async () => {
  const { collector, totals, sinks } = setUp();
  for (let n = 0; n < 3 * REPLAYED_SERVERS; n++) {
    collector.take(`https://s${n}.example`, told(n));
    await collector.room();
  }
  await collector.finish();
  assert.ok(totals.servers.size <= REPLAYED_SERVERS + 2);
  assert.equal(totals.servers.get("other servers")!.toots, 2 * REPLAYED_SERVERS);
  assert.equal(sinks[0]!.toots.at(-1)!.base_url, `https://s${3 * REPLAYED_SERVERS - 1}.example`);
});

Deno.test("the checkpoint is never ahead of what is durable in every sink", async () => {
  const { take, sinks: [fast, slow], noted, collector } = setUp({ patient: true, count: 2 });
  await take(...[1, 2, 3, 4].map((n) => told(n)));
  await settled();
  assert.equal(slow!.batches.length, 1, "taken by both");
  assert.deepEqual(noted, [], "durable in none");
  fast!.settle();
  assert.deepEqual(noted, [], "durable in one");
  await take(...[5, 6, 7, 8].map((n) => told(n)));
  await settled();
  fast!.settle();
  assert.deepEqual(noted, []);
  slow!.settle();
  assert.deepEqual(noted, [id(4), id(8)]);
  await take(told(9));
  assert.deepEqual(noted, [id(4), id(8)], "what waits for its batch is not safe");
  await collector.finish();
  assert.deepEqual(noted, [id(4), id(8), id(9)]);
});

Deno.test("the checkpoint is the newest id in any order of arrival, including excluded statuses", async () => {
  const { take, noted, clock } = setUp();
  await take(told(9), told(3), told(5, { reblog: {} }));
  await take(told(10, { visibility: "direct" }), told(4));
  clock.advance(250);
  await settled();
  assert.deepEqual(noted, [id(10)]);
});

Deno.test("an excluded status moves the checkpoint as soon as all records before it are durable", async () => {
  const { take, noted, sinks, clock } = setUp({ patient: true });
  await take(told(1, { reblog: aStatus(0) }));
  assert.deepEqual(noted, [id(1)]);
  await take(told(2));
  clock.advance(250);
  await settled();
  await take(told(3, { reblog: aStatus(0) }));
  assert.deepEqual(noted, [id(1)]);
  sinks[0]!.settle();
  assert.equal(noted.at(-1), id(3));
});

Deno.test("a delete stays in the journal until it is durable", async () => {
  const { take, journal, sinks, clock } = setUp({ patient: true });
  await take({ kind: "delete", id: "1" }, { kind: "delete", id: "2" });
  assert.deepEqual(journal, ["1", "2"]);
  clock.advance(250);
  await settled();
  await take({ kind: "delete", id: "3" });
  assert.deepEqual(journal, ["1", "2", "3"]);
  sinks[0]!.settle();
  assert.deepEqual(journal, ["3"]);
});

Deno.test("deletes that the last run did not store are passed on again", async () => {
  const left = [{ base_url: BREAD, status_id: "7", deleted_at: 1 }];
  let open = left.length;
  const { collector, sinks } = setUp({
    states: new Map([[BREAD, {
      checkpoint: {
        path: "",
        read: () => Promise.resolve(null),
        note() {},
        close: () => Promise.resolve(),
      },
      deletes: { left, add() {}, settle: (count) => void (open -= count), close() {} },
    }]]),
  });
  await collector.finish();
  assert.deepEqual(sinks[0]!.deletions, left);
  assert.equal(open, 0);
});

Deno.test("a slow sink slows the reading, and memory stays flat", async () => {
  const { collector, sinks: [sink], totals } = setUp();
  sink!.hold();
  let pulled = 0, most = 0;
  async function* events() {
    for (let n = 0; n < 100; n++) {
      pulled++;
      yield [told(2 * n), told(2 * n + 1)];
    }
  }
  const done = collect({
    collector,
    sources: [{ baseURL: BREAD, events: events() }],
    totals,
    log: { info() {}, warning() {} },
    stop() {},
  });
  await settled();
  assert.equal(pulled, 4, "one batch on its way, one full, and nothing more is pulled");
  most = Math.max(most, totals.waiting);
  sink!.letGo();
  await done;
  await collector.finish();
  assert.equal(sink!.toots.length, 200);
  assert.ok(most <= 4);
});

Deno.test("a failing sink stops the run, and the checkpoint covers what is durable", async () => {
  const { take, sinks: [first, second], noted, stopped, collector } = setUp({ count: 2 });
  await take(...[1, 2, 3, 4].map((n) => told(n)));
  await settled();
  assert.deepEqual(noted, [id(4)]);
  second!.fail(new Failure("lake 'x': the disk is full"));
  await take(...[5, 6, 7, 8].map((n) => told(n)));
  await settled();
  assert.equal(stopped(), 1);
  await assert.rejects(take(told(9)), /the disk is full/);
  await assert.rejects(collector.finish(), /the disk is full/);
  assert.equal(first!.toots.length, 8, "the other sink has it");
  assert.deepEqual(noted, [id(4)], "but both must");
  assert.ok(first!.closed && second!.closed);
});

Deno.test("a sink that fails in the last flush makes the end fail, but the checkpoint is saved", async () => {
  const { take, sinks: [sink], noted, collector } = setUp({ patient: true });
  await take(told(1));
  sink!.fail(new Failure("gone"), "flush");
  await assert.rejects(collector.finish(), /gone/);
  assert.deepEqual(noted, []);
});

Deno.test("the collector and its checkpoint stop at the limit of toots", async () => {
  const { take, sinks, collector, stopped, noted, counts } = setUp({ limit: 2 });
  await take(told(1, { reblog: {} }), told(1), told(1), told(2), told(3), told(4));
  assert.ok(collector.full);
  assert.equal(stopped(), 1);
  await collector.finish();
  assert.deepEqual(uris(sinks[0]!.toots), [1, 2].map(id));
  assert.equal(noted.at(-1), id(2));
  assert.equal(counts.toots, 2);
});

Deno.test("gaps and notices are counted and reported", async () => {
  const { take, counts, said } = setUp();
  await take(
    { kind: "gap", cause: "closed 1006", milliseconds: 4_200, filled: 12, lost: 0 },
    { kind: "gap", cause: "start", milliseconds: null, filled: 3, lost: 7_200_000 },
    { kind: "notice", level: "info", message: "hello" },
  );
  const { gaps, gapMilliseconds, filled, lostMilliseconds } = counts;
  assert.deepEqual({ gaps, gapMilliseconds, filled, lostMilliseconds }, {
    gaps: 2,
    gapMilliseconds: 4_200,
    filled: 15,
    lostMilliseconds: 7_200_000,
  });
  assert.deepEqual(said, [
    "bread.example: filled a gap of 4.2 s (closed 1006), 12 statuses fetched",
    "bread.example: a gap (start), 3 statuses fetched; 2 h of it could not be read",
    "hello",
  ]);
});
