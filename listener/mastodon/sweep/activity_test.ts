import assert from "node:assert/strict";
import fc from "fast-check";
import { parseActivity } from "./activity.ts";

fc.configureGlobal({ seed: 1 });

const NOW = Date.UTC(2026, 0, 15, 12);
const MONDAY = Date.UTC(2026, 0, 12);

Deno.test("the counts of the current week and the one before are read", () => {
  const week = (from: number, statuses: unknown) => ({ week: String(from / 1000), statuses });
  const counts = parseActivity(
    [week(MONDAY, "12"), week(MONDAY - 7 * 86_400_000, 34), week(MONDAY - 14 * 86_400_000, "56")],
    NOW,
  );
  assert.deepEqual(counts.map(({ from, until, statuses }) => [from, until, statuses]), [
    [MONDAY, Date.UTC(2026, 0, 16), 12],
    [MONDAY - 7 * 86_400_000, MONDAY, 34],
  ]);
});

Deno.test("weeks that cannot be read are left out", () => {
  const week = String(MONDAY / 1000);
  for (const odd of [{ toString: 1, valueOf: 1 }, null, [], {}, "", "-1", 1.5, "9".repeat(99)]) {
    assert.deepEqual(parseActivity([{ week: odd, statuses: "1" }], NOW), []);
    assert.deepEqual(parseActivity([{ week, statuses: odd }], NOW), []);
  }
  assert.deepEqual(parseActivity([null, 1], NOW), []);
  fc.assert(fc.property(fc.jsonValue(), (body) => {
    parseActivity(body, NOW);
    parseActivity([{ week: body, statuses: body }], NOW);
  }));
});
