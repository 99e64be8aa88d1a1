import assert from "node:assert/strict";
import { createCursor, idOf, timeOf } from "./cursor.ts";
import { post, snowflake } from "./testing/timeline.ts";

const NOON = Date.UTC(2026, 1, 1, 12);

Deno.test("the cursor stands at the newest id, whatever the order", () => {
  const cursor = createCursor(null);
  assert.deepEqual([cursor.id, cursor.time], [null, null]);
  for (const time of [NOON + 2, NOON + 9, NOON + 5]) cursor.give(post(time));
  assert.equal(cursor.id, snowflake(NOON + 9));
  assert.equal(cursor.time, NOON + 9);
});

Deno.test("the same status is given once, an edit of it again", () => {
  const cursor = createCursor(null);
  const status = post(NOON);
  assert.ok(cursor.give(status));
  assert.ok(!cursor.give(status));
  assert.ok(cursor.give({ ...status, edited_at: "2026-02-01T13:00:00Z" }));
  assert.ok(!cursor.give({ ...status, edited_at: "2026-02-01T13:00:00Z" }));
});

Deno.test("what it remembers is bounded", () => {
  const cursor = createCursor(null);
  for (let i = 0; i < 20_000; i++) cursor.give(post(NOON + i));
  assert.ok(!cursor.give(post(NOON + 19_999)));
  assert.ok(cursor.give(post(NOON)), "forgotten");
});

Deno.test("nothing before the beginning is wanted, save where a run resumes", () => {
  const begun = createCursor(null);
  begun.begin(snowflake(NOON), NOON);
  assert.ok(!begun.give(post(NOON - 1)));
  assert.ok(!begun.give(post(NOON)));
  assert.ok(begun.give(post(NOON + 1)));
  const resumed = createCursor({ id: snowflake(NOON), time: null });
  assert.equal(resumed.time, NOON, "by the id itself");
  assert.ok(resumed.give(post(NOON - 1)));
  assert.equal(resumed.id, snowflake(NOON));
});

Deno.test("what has no id, or no time, is given on all the same", () => {
  const cursor = createCursor(null);
  for (const odd of [null, 7, {}, { id: null }, { id: "" }]) assert.ok(cursor.give(odd));
  assert.equal(cursor.id, null);
  assert.equal(idOf({ id: 17 }), "17");
  assert.equal(timeOf({ created_at: "yesterday" }), null);
  assert.equal(timeOf({ created_at: "2026-02-01T12:00:00Z" }), NOON);
});
