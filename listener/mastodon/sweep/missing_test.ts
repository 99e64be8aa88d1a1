import assert from "node:assert/strict";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import { createGivenStatuses } from "../given-statuses.ts";
import { createTestTimeline, post } from "../testing/timeline.ts";
import { missingFrom } from "./missing.ts";
import { createSweep } from "./sweep.ts";

const NOON = Date.UTC(2026, 1, 1, 12);
const posts = Array.from({ length: 200 }, (_, i) => post(NOON - (199 - i) * 1_000));
const ALL = { between: Infinity, newest: Infinity, asked: 0 };

/**
 * Makes a memory of all posts, and functions that sweep a timeline without the post number `gone`.
 */
function setUp(gone: number) {
  const given = createGivenStatuses();
  for (const { id, created_at } of posts) given.give(id, Date.parse(created_at), 0);
  const timeline = createTestTimeline(posts.filter((_, i) => i !== gone));
  const clock = createFakeClock({ start: NOON });
  const begin = (number: number, since: number) =>
    createSweep({ timeline, given, clock, transport: "backfill", since, number });
  const read = async (sweep: ReturnType<typeof begin>, pages = Infinity) => {
    for (let page = 0; page < pages && sweep.over === null; page++) {
      for await (const _ of sweep.page());
    }
  };
  return { given, begin, read };
}

Deno.test("a status that a quick sweep sees during a slow one is missing from neither", async () => {
  const { given, begin, read } = setUp(30);
  const slow = begin(1, 0);
  await read(slow, 3);
  const quick = begin(2, NOON - 60_000);
  await read(quick);
  await read(slow);
  assert.deepEqual(missingFrom(given, slow, ALL), [posts[30]!.id]);
  assert.deepEqual(missingFrom(given, quick, ALL), []);
});

Deno.test("missing statuses among the newest are found before the sweep ends", async () => {
  const { given, begin, read } = setUp(190);
  const sweep = begin(1, 0);
  await read(sweep, 2);
  assert.equal(sweep.over, null);
  assert.deepEqual(missingFrom(given, sweep, ALL), [posts[190]!.id]);
  const below = sweep.lowest;
  await read(sweep);
  assert.deepEqual(missingFrom(given, sweep, ALL, below), [], "only once");
});

Deno.test("statuses that a sweep skipped are not missing from it, unlike those around them", async () => {
  const { given, begin, read } = setUp(190);
  const sweep = begin(1, 0);
  await read(sweep, 1);
  const seen = { ...sweep, number: 1, highest: sweep.highest, lowest: posts[0]!.id };
  const gap = { from: posts[1]!.id, until: posts[160]!.id };
  assert.deepEqual(missingFrom(given, { ...seen, over: "reached", gap }, ALL), [posts[190]!.id]);
  const smaller = { ...gap, from: posts[3]!.id };
  const found = [posts[1]!.id, posts[2]!.id, posts[190]!.id];
  assert.deepEqual(missingFrom(given, { ...seen, over: "reached", gap: smaller }, ALL), found);
});

Deno.test("a status that turned out to exist is checked again later", async () => {
  const { given, begin, read } = setUp(150);
  const sweep = begin(1, 0);
  await read(sweep);
  given.find(posts[150]!.id)!.asked = 50;
  assert.deepEqual(missingFrom(given, sweep, { ...ALL, asked: 0 }), []);
  assert.equal(missingFrom(given, sweep, { ...ALL, asked: 60 }).length, 1);
});

Deno.test("for an id that cannot be compared, the time of its status is used", async () => {
  for (const pages of [2, Infinity]) {
    const { given, begin, read } = setUp(-1);
    const newest = Date.parse(posts.at(-1)!.created_at);
    for (const id of ["a:b", "99999999999999999999"]) given.give(id, newest - 20_500, 0);
    given.give("x:old", newest - 198_500, 0);
    const sweep = begin(1, 0);
    await read(sweep, pages);
    const found = ["a:b", "99999999999999999999"];
    assert.deepEqual(missingFrom(given, sweep, ALL), pages === 2 ? found : [...found, "x:old"]);
  }
});
