import assert from "node:assert/strict";
import fc from "fast-check";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import { createGivenStatuses, type GivenStatuses } from "../given-statuses.ts";
import {
  createTestTimeline,
  type Flaws,
  type Post,
  post,
  snowflake,
  type TestTimeline,
} from "../testing/timeline.ts";
import { compareIds } from "../status-id.ts";
import { createSweep, type Sweep } from "./sweep.ts";

fc.configureGlobal({ seed: 1 });

const NOON = Date.UTC(2026, 1, 1, 12);
/** Makes this many posts, one per second. The last one is at noon. */
const posts = (count: number) =>
  Array.from({ length: count }, (_, i) => post(NOON - (count - 1 - i) * 1_000));

interface Result {
  readonly sweep: Sweep;
  readonly ids: string[];
}

async function run(
  timeline: TestTimeline,
  since: number | null,
  given: GivenStatuses = createGivenStatuses(),
  most = 2_000,
): Promise<Result> {
  const clock = createFakeClock({ start: NOON });
  const sweep = createSweep({ timeline, given, clock, transport: "poll", since, number: 1 });
  const ids: string[] = [];
  while (sweep.over === null) {
    assert.ok(sweep.pages < most, "no end");
    for await (const events of sweep.page()) {
      for (const event of events) if (event.kind === "status") ids.push((event.status as Post).id);
    }
  }
  return { sweep, ids };
}

const idsOf = (some: readonly Post[]) => new Set(some.map(({ id }) => id));
const includes = (ids: readonly string[], wanted: readonly Post[]) =>
  wanted.every(({ id }) => ids.includes(id));

Deno.test("a sweep yields all statuses since a time, each once, and ends soon after", async () => {
  const timeline = createTestTimeline(posts(500));
  const { ids, sweep } = await run(timeline, NOON - 100_000, memoryOf(posts(500).slice(0, 390)));
  assert.deepEqual(new Set(ids), idsOf(posts(500).slice(390)));
  assert.equal(ids.length, 110);
  assert.equal(sweep.over, "reached");
  assert.equal(timeline.queries.length, 3);
});

function memoryOf(known: readonly Post[]): GivenStatuses {
  const given = createGivenStatuses();
  for (const { id, created_at } of known) given.give(id, Date.parse(created_at), 0);
  return given;
}

const FLAWS: Record<string, Flaws> = {
  "pages of seven": { cap: 7 },
  "pages of one": { cap: 1 },
  "39 of 40": { cap: 39 },
  "half of each page left out": { hides: ({ id }) => (BigInt(id) >> 16n) / 1_000n % 2n === 0n },
  "oldest first": { order: (page) => page.toReversed() },
  "no order": { order: (page) => [...page.slice(7), ...page.slice(0, 7)] },
};

for (const [name, flaws] of Object.entries(FLAWS)) {
  Deno.test(`${name}: every status that the server shows is yielded`, async () => {
    const timeline = createTestTimeline(posts(300), flaws);
    const { ids, sweep } = await run(timeline, NOON - 250_000);
    const shown = posts(300).slice(60).filter((one) => !flaws.hides?.(one));
    assert.ok(includes(ids, shown));
    assert.equal(sweep.over, "reached");
  });
}

Deno.test("empty pages in the middle are skipped", async () => {
  const all = posts(600);
  const hidden = idsOf(all.slice(250, 450));
  const timeline = createTestTimeline(all, { hides: ({ id }) => hidden.has(id) });
  const { ids, sweep } = await run(timeline, NOON - 550_000);
  assert.equal(sweep.over, "reached");
  assert.ok(includes(ids, all.slice(450)));
  assert.ok(includes(ids, all.slice(60, 200)), "what lies beyond the empty pages");
});

Deno.test("a sweep ends if a server ignores max_id and repeats its newest page", async () => {
  const { ids, sweep } = await run(
    createTestTimeline(posts(300), { noMaxId: true }),
    NOON - 200_000,
  );
  assert.equal(sweep.over, "stuck");
  assert.equal(ids.length, 40);
  assert.equal(sweep.pages, 2);
});

Deno.test("ids in the future and ids of another kind do not mislead a sweep", async () => {
  const ahead = post(NOON + 10 * 365 * 86_400_000);
  const odd = { ...post(NOON - 500), id: "99999999999999999999" };
  const colon = { ...post(NOON - 600), id: "a:b" };
  const timeline = createTestTimeline([...posts(100), ahead, odd, colon]);
  const { ids, sweep } = await run(timeline, NOON - 50_000);
  assert.equal(sweep.over, "reached");
  assert.ok(includes(ids, [...posts(50), ahead, odd]));
});

Deno.test("a status of a year that cannot be does not date a sweep", async () => {
  const ancient = { ...post(NOON - 500), id: "a:b", created_at: "0001-01-01T00:00:00Z" };
  const { ids, sweep } = await run(createTestTimeline([...posts(100), ancient]), null);
  assert.ok(ids.includes("a:b"));
  assert.equal(sweep.earliest, NOON - 99_000);
});

Deno.test("a poll skips known statuses that lie ahead of now, and reads what comes below", async () => {
  const ahead = Array.from({ length: 1_000 }, (_, i) => post(NOON + 1_000 + i * 100));
  const given = memoryOf([...ahead, ...posts(100).slice(0, 90)]);
  const timeline = createTestTimeline([...ahead, ...posts(100)]);
  const clock = createFakeClock({ start: NOON });
  const options = { timeline, given, clock, transport: "poll", since: NOON - 15_000 } as const;
  const sweep = createSweep({ ...options, number: 1, skipsAhead: 200_000 });
  const ids: string[] = [];
  while (sweep.over === null) {
    for await (const events of sweep.page()) {
      for (const event of events) if (event.kind === "status") ids.push((event.status as Post).id);
    }
  }
  assert.deepEqual(new Set(ids), idsOf(posts(10)));
  assert.equal(sweep.over, "reached");
  assert.ok(sweep.pages <= 3, `${sweep.pages} pages`);
  assert.deepEqual(sweep.gap, { from: snowflake(NOON + 1), until: ahead[960]!.id });
  assert.ok(compareIds(sweep.shown!, posts(100)[89]!.id) < 0, "the last status that it saw");
  const farther = createSweep({ ...options, number: 2, skipsAhead: 90_000 });
  while (farther.over === null) for await (const _ of farther.page());
  assert.ok(farther.pages > 3 && farther.pages < 10, "those farther ahead are read");
  const { sweep: whole } = await run(timeline, NOON - 15_000, given);
  assert.ok(whole.gap === null && whole.pages > 25, "other sweeps read everything");
});

Deno.test("ids without times: the sweep reads back until it has seen older statuses", async () => {
  const hide = (one: Post, i: number) => ({ ...one, id: String(1_000 + i) });
  const all = posts(400).map(hide);
  const { ids, sweep } = await run(createTestTimeline(all), NOON - 150_000);
  assert.ok(includes(ids, all.slice(250)));
  assert.equal(sweep.over, "reached");
  const whole = await run(createTestTimeline(all), null);
  assert.deepEqual(new Set(whole.ids), idsOf(all));
  assert.equal(whole.sweep.over, "end");
});

Deno.test("a sweep yields late and edited statuses, and no known ones", async () => {
  const all = posts(200);
  const given = memoryOf(all);
  const late = post(NOON - 90_500);
  const edited_at = new Date(NOON - 1_000).toISOString();
  const edited = { ...all[150]!, edited_at };
  const timeline = createTestTimeline([...all.filter((_, i) => i !== 150), edited, late]);
  const { ids, sweep } = await run(timeline, NOON - 120_000, given);
  assert.deepEqual(new Set(ids), new Set([late.id, edited.id]));
  assert.deepEqual([...sweep.fresh.values()], [1]);
  assert.deepEqual((await run(timeline, NOON - 120_000, given)).ids, []);
});

Deno.test("a sweep yields known statuses with another text or an opt-out, once", async () => {
  const all = posts(20).map((one) => ({ ...one, content: "<p>Loaf</p>", account: {} }));
  const given = createGivenStatuses();
  await run(createTestTimeline(all), NOON - 60_000, given);
  const bun = { ...all[7]!, content: "<p>Bun</p>" };
  const optedOut = { ...all[9]!, account: { noindex: true } };
  const timeline = createTestTimeline([...all.filter((_, i) => i !== 7 && i !== 9), bun, optedOut]);
  const { ids, sweep } = await run(timeline, NOON - 60_000, given);
  assert.deepEqual(new Set(ids), new Set([bun.id, optedOut.id]));
  assert.equal(sweep.fresh.size, 0);
  assert.deepEqual((await run(timeline, NOON - 60_000, given)).ids, []);
});

Deno.test("a sweep ends even if the server's pages never end", async () => {
  const descending = createTestTimeline([]);
  let next = BigInt(post(NOON).id);
  descending.answer = () => [{ ...post(NOON), id: String(next--) }];
  const { sweep } = await run(descending, null);
  assert.equal(sweep.over, "stuck");
  assert.ok(sweep.pages <= 200);

  const alternating = createTestTimeline([]);
  let turn = 0;
  alternating.answer = () => {
    const from = BigInt(post(NOON).id) + (turn++ % 2 === 0 ? 5_000n : 1_000n);
    return Array.from({ length: 40 }, (_, i) => ({ ...post(NOON), id: String(from - BigInt(i)) }));
  };
  assert.ok((await run(alternating, NOON - 60_000)).sweep.pages <= 4);
});

Deno.test("property: every unknown status since the start is yielded exactly once", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 200 }),
    fc.integer({ min: 0, max: 100_000 }),
    fc.integer({ min: 1, max: 40 }),
    fc.func(fc.boolean()),
    async (times, back, cap, known) => {
      const all = times.map((time) => post(NOON - time));
      const given = memoryOf(all.filter(({ id }) => known(id)));
      const wanted = all.filter(({ id }, i) => times[i]! <= back && given.find(id) === undefined);
      const { ids } = await run(createTestTimeline(all, { cap }), NOON - back, given);
      assert.ok(includes(ids, wanted));
      assert.equal(new Set(ids).size, ids.length);
    },
  ));
});
