import assert from "node:assert/strict";
import { type CompactedFile, NO_TABLE } from "./read/lake-table.ts";
import { planCompaction } from "./plan.ts";
import { runsToMerge } from "./index/id-index.ts";
import { divideSpan, planSpans, SHARED_ROWS } from "./spans.ts";

const file = (from: number, to: number, rows: number): CompactedFile => ({
  ...{ path: `${from}-${to}`, rows, bytes: rows * 50, days: { from, to }, complete: true },
});
const table = (...files: CompactedFile[]) => ({ ...NO_TABLE, files });
const large = SHARED_ROWS + 1;

Deno.test("a day is rewritten only if it changed", () => {
  const files = [file(0, 0, large), file(1, 1, large), file(2, 2, large)];
  const plan = planCompaction(table(...files), {
    loaded: [{ day: 1, rows: 5 }],
    rewritten: [2, 700],
    oldest: null,
  });
  assert.deepEqual([...plan.removed], ["1-1", "2-2"]);
  assert.equal(plan.changedDays, 2, "nothing is left of day 700");
});

Deno.test("days with few toots share one file per month", () => {
  const days = Array.from({ length: 2_000 }, (_, day) => ({ day, rows: 1 }));
  const { spans } = planCompaction(NO_TABLE, { loaded: days, rewritten: [], oldest: null });
  assert.equal(spans.length, 66);
});

Deno.test("small neighbours of a changed day are merged, large days stay alone", () => {
  const files = [file(1, 3, 10), file(4, 4, large), file(5, 5, 20), file(6, 6, 30)];
  const spans = planSpans(files, new Map([[7, 40]]));
  assert.deepEqual(spans.map(({ days, files }) => [days, files.map(({ path }) => path)]), [
    [{ from: 5, to: 7 }, ["5-5", "6-6"]],
  ]);
});

Deno.test("a span is split when its days have grown", () => {
  const rows = new Map([[1, 10], [2, large], [3, 10], [5, 10]]);
  assert.deepEqual(divideSpan(rows), [
    { from: 1, to: 1 },
    { from: 2, to: 2 },
    { from: 3, to: 5 },
  ]);
});

Deno.test("old days are dropped, also from a file that they share with newer ones", () => {
  const plan = planCompaction(table(file(0, 4, 10), file(5, 9, 10), file(12, 12, 10)), {
    ...{ loaded: [], rewritten: [], oldest: 7 },
  });
  assert.deepEqual(plan.dropped.map(({ path }) => path), ["0-4"]);
  assert.deepEqual([...plan.removed].includes("5-9"), true);
  assert.equal(plan.droppedDays, 7);
});

Deno.test("runs of the index are merged with those of similar size only", () => {
  const run = (rows: number) => ({ path: String(rows), rows, bytes: rows });
  const merged = (rows: number) =>
    runsToMerge([run(1_000_000), run(10_000), run(900)], rows).map((one) => one.rows);
  assert.deepEqual(merged(10), []);
  assert.deepEqual(merged(300), [900]);
  assert.deepEqual(merged(3_000), [10_000, 900]);
  assert.deepEqual(merged(500_000), [1_000_000, 10_000, 900]);
});
