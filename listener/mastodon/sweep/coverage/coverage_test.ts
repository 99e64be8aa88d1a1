import assert from "node:assert/strict";
import { createCoverage, type Span } from "./coverage.ts";
import { parseActivity } from "../activity.ts";

const covered = (from: number, until: number): Span => ({
  ...{ from, until, transport: "stream", outcome: "covered", statuses: 1, cause: null },
});
const filled = (from: number, until: number): Span => ({
  ...covered(from, until),
  ...{ outcome: "filled", transport: "backfill", cause: "closed 1006" },
});
const spans = (events: readonly Span[]) => events.map(({ from, until }) => [from, until]);

Deno.test("consecutive covered spans are merged up to a minute; other spans are reported at once", () => {
  const coverage = createCoverage(() => false);
  for (let from = 0; from < 80_000; from += 20_000) {
    coverage.note(covered(from, from + 20_000));
    const told = coverage.take();
    assert.deepEqual(spans(told), from === 40_000 ? [[0, 60_000]] : []);
    if (told.length > 0) assert.equal(told[0]!.statuses, 3);
  }
  coverage.note(filled(80_000, 85_000));
  assert.deepEqual(spans(coverage.take()), [[60_000, 80_000], [80_000, 85_000]]);
  coverage.note(covered(85_000, 85_000));
  coverage.note(covered(85_000, 90_000));
  assert.deepEqual(coverage.take(), []);
  assert.deepEqual(spans(coverage.flush()), [[85_000, 90_000]]);
});

Deno.test("a lost span becomes filled if a slow sweep reads it later", () => {
  const coverage = createCoverage(() => false);
  const lost = (from: number, until: number): Span => ({
    ...covered(from, until),
    ...{ outcome: "lost", statuses: null, cause: "closed 1006" },
  });
  for (const from of [0, 100_000]) coverage.note(lost(from, from + 50_000));
  assert.equal(coverage.take().length, 2);
  coverage.read(90_000, 200_000);
  const [filled, ...more] = coverage.take();
  assert.deepEqual([filled?.outcome, filled?.from, filled?.until], ["filled", 100_000, 150_000]);
  coverage.read(50_000, 200_000);
  assert.deepEqual([...more, ...coverage.take()], [], "once");
});

Deno.test("spans are reported in order, so they wait while an earlier one is unread", () => {
  let blocked = true;
  const coverage = createCoverage(() => blocked);
  coverage.note(covered(10_000, 100_000));
  coverage.note(filled(100_000, 110_000));
  assert.deepEqual([...coverage.take(), ...coverage.flush()], []);
  blocked = false;
  coverage.note(filled(0, 10_000));
  assert.deepEqual(spans(coverage.take()), [[0, 10_000], [10_000, 100_000], [100_000, 110_000]]);
});

Deno.test("the server's own counts: today or this week so far, and the week before", () => {
  const day = 86_400, today = Date.UTC(2026, 0, 28) / 1_000, now = (today + 50_000) * 1_000;
  const body = (first: number) =>
    [0, 1, 2].map((n) => ({ week: String(first - n * 7 * day), statuses: "12" }));
  const days = (first: number) =>
    parseActivity(body(first), now)
      .map(({ from, until }) => [from / 1_000 - today, (until - from) / 1_000].map((n) => n / day));
  assert.deepEqual(days(today + 49_000), [[0, 1], [-7, 7]], "weeks that begin at this moment");
  assert.deepEqual(days(today - 2 * day), [[-2, 3], [-9, 7]], "weeks that begin on Monday");
  for (
    const odd of [null, {}, "x", [null, 7], [{ week: "x", statuses: 1 }], [
      { week: String(today), statuses: -1 },
    ], [{ week: String(today + day), statuses: 1 }]]
  ) {
    assert.deepEqual(parseActivity(odd, now), []);
  }
});
