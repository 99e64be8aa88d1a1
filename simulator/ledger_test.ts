import assert from "node:assert/strict";
import fc from "fast-check";
import { createLedger, type Timeline } from "./ledger.ts";
import type { IdParts } from "./ids.ts";

fc.configureGlobal({ seed: 1 });

const ids = (timeline: Timeline): IdParts[] =>
  Array.from({ length: timeline.length }, (_, at) => timeline.id(timeline.post(at))!);
const compare = (a: IdParts, b: IdParts) => a.time - b.time || a.sequence - b.sequence;

Deno.test("ledger: ids ascend in order of arrival, whatever the clock does", () => {
  const arrivals = fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 50 }), late: fc.boolean() }),
    {
      maxLength: 200,
    },
  );
  fc.assert(fc.property(arrivals, (times) => {
    const ledger = createLedger(2, 10_000);
    const [timeline] = ledger.timelines;
    let newest: IdParts = { time: 0, sequence: -1 };
    for (const { at, late } of times) {
      const post = ledger.add(0, at);
      const id = late ? timeline!.arriveLate(post, at) : timeline!.arrive(post, at);
      if (late) continue;
      assert.ok(compare(id, newest) > 0);
      newest = id;
    }
    const all = ids(timeline!);
    assert.deepEqual(all, all.toSorted(compare));
    assert.equal(
      new Set(all.map(({ time, sequence }) => `${time}/${sequence}`)).size,
      times.length,
    );
  }));
});

Deno.test("ledger: ids overflow from a full millisecond into the next", () => {
  const ledger = createLedger(2, 100_000);
  for (const timeline of ledger.timelines) {
    let newest: IdParts = { time: 0, sequence: -1 };
    for (let i = 0; i < 10_000; i++) {
      const id = timeline.arrive(ledger.add(0, 1_000), 1_000);
      assert.ok(compare(id, newest) > 0);
      newest = id;
    }
    assert.equal(newest.time, 1_002);
  }
});

Deno.test("ledger: ids of different servers at the same moment differ", () => {
  const ledger = createLedger(16, 1_000);
  const post = ledger.add(0, 1_000);
  const all = ledger.timelines.map((timeline) => timeline.arrive(post, 1_000).sequence);
  assert.equal(new Set(all).size, 16);
});

Deno.test("ledger: forgets the oldest posts, and keeps the ids and order of the others", () => {
  const ledger = createLedger(1, 2_000);
  const [timeline] = ledger.timelines;
  const known = new Map<number, IdParts>();
  for (let i = 0; i < 12_345; i++) {
    const post = ledger.add(i % 7, i);
    assert.equal(post, i);
    if (i % 3 !== 0) known.set(post, timeline!.arrive(post, i));
  }
  assert.ok(ledger.next - ledger.first >= 2_000 && ledger.next - ledger.first <= 2_500);
  assert.equal(ledger.gone(ledger.first - 1), true);
  assert.equal(timeline!.id(ledger.first - 1), undefined);
  for (let post = ledger.first; post < ledger.next; post++) {
    assert.deepEqual(timeline!.id(post), known.get(post));
    assert.equal(ledger.author(post), post % 7);
    assert.equal(ledger.posted(post), post);
  }
  const all = ids(timeline!);
  assert.deepEqual(all, all.toSorted(compare));
});
