import assert from "node:assert/strict";
import fc from "fast-check";
import { fill, type Filled, type Line } from "./backfill.ts";
import { createCursor } from "./cursor.ts";
import { createTestTimeline, type Post, post, type TestTimeline } from "./testing/timeline.ts";

fc.configureGlobal({ seed: 1 });

const NOON = Date.UTC(2026, 1, 1, 12);
/** So many posts, a second apart, the first at noon. */
const posts = (count: number) => Array.from({ length: count }, (_, i) => post(NOON + i * 1_000));

interface Result extends Filled {
  given: string[];
}

async function run(timeline: TestTimeline, line: Line, overlap = 1): Promise<Result> {
  const cursor = createCursor(line.known ? { id: line.id!, time: line.time } : null);
  if (!line.known && line.id) cursor.begin(line.id, line.time);
  const given: string[] = [];
  const filling = fill(timeline, cursor, line, { overlap });
  for (;;) {
    const { done, value } = await filling.next();
    if (done) return { ...value, given };
    for (const event of value) if (event.kind === "status") given.push((event.status as Post).id);
  }
}

const after = ({ id, created_at }: Post): Line => ({
  id,
  time: Date.parse(created_at),
  known: true,
});

Deno.test("it gives all that follows the line, the oldest first, and a little before it", async () => {
  const timeline = createTestTimeline(posts(500));
  const { given, filled, lost } = await run(timeline, after(timeline.posts[200]!));
  // The line's own status is in the page that is read again.
  assert.deepEqual(given, timeline.posts.slice(161).map(({ id }) => id));
  assert.equal(filled, 299);
  assert.equal(lost, 0);
});

Deno.test("nothing new is found with two questions", async () => {
  const timeline = createTestTimeline(posts(100));
  const { filled, lost, empty } = await run(timeline, after(timeline.posts.at(-1)!));
  assert.deepEqual([filled, lost, empty], [0, 0, false]);
  assert.equal(timeline.queries.length, 2);
});

Deno.test("on a busy timeline it ends at what was there when it began", async () => {
  const timeline = createTestTimeline(posts(200));
  let time = NOON + 1_000_000;
  timeline.before = () => {
    for (let more = 0; more < 45; more++) timeline.posts.push(post(time += 10));
  };
  const then = timeline.posts.map(({ id }) => id);
  const { given } = await run(timeline, after(timeline.posts[50]!));
  assert.ok(then.slice(51).every((id) => given.includes(id)));
  assert.ok(timeline.queries.length < 20);
});

Deno.test("statuses that came late, with ids before the line, are found", async () => {
  const timeline = createTestTimeline(posts(300));
  const line = after(timeline.posts[200]!);
  const late = [150, 190, 199].map((i) => post(NOON + i * 1_000 + 500));
  timeline.posts.push(...late);
  const { given } = await run(timeline, line, 3);
  assert.ok(late.every(({ id }) => given.includes(id)));
});

Deno.test("a hole that is no longer served is told, and how long it is", async () => {
  const timeline = createTestTimeline(posts(500));
  const line = after(timeline.posts[100]!);
  timeline.posts = timeline.posts.slice(400);
  const { given, filled, lost } = await run(timeline, line);
  assert.equal(lost, 300_000);
  assert.equal(filled, 100);
  assert.equal(given.length, 100);
  const unknown = await run(timeline, { ...line, id: "9", time: null });
  assert.ok(unknown.lost > 0, "a loss is a loss though its length is unknown");
});

Deno.test("the status at the line may be gone: that is no hole", async () => {
  const timeline = createTestTimeline(posts(100));
  const line = after(timeline.posts[50]!);
  timeline.posts.splice(45, 10);
  const { filled, lost } = await run(timeline, line);
  assert.deepEqual([filled, lost], [45, 0]);
});

Deno.test("a timeline where nothing is left is told", async () => {
  const { empty, lost } = await run(createTestTimeline([]), after(post(NOON)));
  assert.deepEqual([empty, lost], [true, 0]);
});

Deno.test("a server that does not know min_id is walked back, and given forward", async () => {
  const timeline = createTestTimeline(posts(700), { noMinId: true });
  const { given, filled, lost } = await run(timeline, after(timeline.posts[100]!));
  assert.deepEqual(given.slice(-599), timeline.posts.slice(101).map(({ id }) => id));
  assert.deepEqual([filled, lost], [599, 0]);
});

Deno.test("a server that knows no paging at all ends it all the same", async () => {
  const timeline = createTestTimeline(posts(100), { noMinId: true, noMaxId: true });
  const { given } = await run(timeline, after(timeline.posts[10]!));
  assert.deepEqual(given, timeline.posts.slice(-40).map(({ id }) => id));
});

Deno.test("ids that hide their time: back by pages until all are older", async () => {
  const ids = Array.from({ length: 400 }, (_, i) => post(NOON + i * 1_000, `9abc${1000 + i}zz`));
  const timeline = createTestTimeline(ids);
  const line = { id: null, time: NOON + 250_000, known: false };
  const { given, filled } = await run(timeline, line, 0);
  assert.deepEqual(given.slice(-150), ids.slice(250).map(({ id }) => id));
  assert.ok(given.length < 150 + 80);
  assert.equal(filled, 150);
  const all = await run(createTestTimeline(ids), { id: null, time: null, known: false }, 0);
  assert.deepEqual(all.given, ids.map(({ id }) => id));
});

Deno.test("whatever lies there, and wherever the line is: all after it, once", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 300 }),
    fc.nat(),
    fc.nat(3),
    fc.boolean(),
    async (times, at, overlap, noMinId) => {
      const timeline = createTestTimeline(
        times.toSorted((a, b) => a - b).map((time) => post(NOON + time)),
        { noMinId },
      );
      const place = at % timeline.posts.length;
      const { given, lost } = await run(timeline, after(timeline.posts[place]!), overlap);
      const wanted = timeline.posts.slice(place + 1).map(({ id }) => id);
      assert.deepEqual(given.slice(given.length - wanted.length), wanted);
      assert.equal(new Set(given).size, given.length);
      assert.equal(lost, 0);
    },
  ));
});
