import assert from "node:assert/strict";
import { column } from "@uwdata/mosaic-sql";
import { Filters } from "./page/filters/filters.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 5, 1);

/** Creates the filters of a page whose time chart has 300 bars of a minute. */
function open() {
  const source = {
    encode: (_: string, label: string) => label === "German" ? 1 : undefined,
    field: (name: string) => column(name),
    oneFilter: false,
  };
  const scales = {
    time: { start: START, step: MINUTE, slots: 300 },
    lengthStep: 25,
    lengthBins: 24,
  };
  const filters = new Filters(scales, new Map(), source);
  const predicate = () => String(filters.selection.predicate(undefined as never) ?? "");
  return { filters, predicate };
}

Deno.test("a link selects the bars that contain its times, also if bars have become wider", () => {
  const { filters, predicate } = open();
  filters.fromSearch("?time=2026-06-01T00:51..2026-06-01T00:52");
  assert.deepEqual(filters.timeSlots(), [51, 51]);
  filters.scales = { ...filters.scales, time: { start: START, step: 5 * MINUTE, slots: 90 } };
  filters.renew();
  assert.deepEqual(filters.timeSlots(), [10, 10]);
  assert.match(predicate(), /BETWEEN 10 AND 10/);
  filters.fromSearch("?time=2026-06-01T00:04..2026-06-01T00:11");
  assert.deepEqual(filters.timeSlots(), [0, 2]);
  assert.equal(filters.toSearch(), "?time=2026-06-01T00%3A04..2026-06-01T00%3A11");
});

Deno.test("a link to times outside the lake selects nothing", () => {
  const { filters, predicate } = open();
  for (const year of [2020, 2030]) {
    filters.fromSearch(`?time=${year}-01-01T00:00..${year}-01-02T00:00`);
    assert.equal(filters.timeSlots(), null);
    assert.match(predicate(), /BETWEEN 1 AND 0/);
  }
  // The part inside the lake is selected.
  filters.fromSearch("?time=2020-01-01T00:00..2026-06-01T00:10");
  assert.deepEqual(filters.timeSlots(), [0, 9]);
  filters.fromSearch("?time=2026-06-01T04:50..2030-01-01T00:00");
  assert.deepEqual(filters.timeSlots(), [290, 299]);
});

Deno.test("a link selects the bars that contain its lengths; the last bar has all longer toots", () => {
  const { filters } = open();
  const cases = [["10..20", [0, 0]], ["20..30", [0, 1]], ["700..800", [23, 23]], ["-5..-1", null]];
  for (const [length, bars] of cases) {
    filters.fromSearch(`?length=${length}`);
    assert.deepEqual(filters.lengthBins(), bars, String(length));
  }
});

Deno.test("a link to a value that the lake does not have selects nothing", () => {
  const { filters, predicate } = open();
  filters.fromSearch("?language=German");
  assert.match(predicate(), /1/);
  for (const name of ["language", "hashtag"]) {
    filters.reset();
    filters.fromSearch(`?${name}=Unknown`);
    assert.match(predicate(), /\bFALSE\b/i, name);
  }
});
