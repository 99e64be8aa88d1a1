import assert from "node:assert/strict";
import { Selection } from "@uwdata/mosaic-core";
import { literal } from "@uwdata/mosaic-sql";
import { createFakeClock } from "../common/testing/fake-clock.ts";
import { atMostEvery, whenDrawn, whenSettled } from "./page/settle.ts";

function setUp() {
  const clock = createFakeClock();
  const loads: { start: number; signal: AbortSignal; end: () => Promise<void> }[] = [];
  const begun = clock.monotonic();
  const settling = whenSettled(async (signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = async () => {
      resolve();
      await new Promise((resolve) => setTimeout(resolve));
    };
    loads.push({ start: clock.monotonic() - begun, signal, end });
    await promise;
  }, clock);
  return { clock, loads, settling, starts: () => loads.map(({ start }) => start) };
}

Deno.test("slow parts are loaded after a pause of the user", async () => {
  const { clock, settling, starts } = setUp();
  for (let move = 0; move < 10; move++) {
    settling.changed(Promise.resolve());
    await undefined;
    clock.advance(100);
  }
  assert.deepEqual(starts(), []);
  clock.advance(100);
  assert.deepEqual(starts(), [1_100]);
});

Deno.test("the pause begins when the charts are drawn", async () => {
  const { clock, settling, starts } = setUp();
  for (let move = 0; move < 3; move++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    settling.changed(promise);
    clock.advance(1_000);
    resolve();
    await promise;
  }
  assert.deepEqual(starts(), []);
  clock.advance(200);
  assert.deepEqual(starts(), [3_200]);
});

Deno.test("a change aborts the load in progress, and is loaded after a pause", async () => {
  const { clock, loads, settling, starts } = setUp();
  settling.renew();
  assert.equal(loads[0]!.signal.aborted, false);
  settling.changed(Promise.resolve());
  assert.equal(loads[0]!.signal.aborted, true);
  await undefined;
  clock.advance(200);
  await loads[0]!.end();
  clock.advance(3_000);
  assert.deepEqual(starts(), [0, 200]);
  assert.equal(loads[1]!.signal.aborted, false);
});

Deno.test("changes of the lake do not abort a load, and are loaded after it, once", async () => {
  const { clock, loads, settling, starts } = setUp();
  settling.renew();
  for (let change = 0; change < 3; change++) {
    clock.advance(1_000);
    settling.renew();
  }
  assert.deepEqual(starts(), [0]);
  assert.equal(loads[0]!.signal.aborted, false);
  await loads[0]!.end();
  assert.deepEqual(starts(), [0, 3_000]);
  await loads[1]!.end();
  assert.deepEqual(starts(), [0, 3_000]);
});

Deno.test("a change of the lake during the user's changes is loaded after the pause", async () => {
  const { clock, settling, starts } = setUp();
  for (let move = 0; move < 10; move++) {
    settling.changed(Promise.resolve());
    settling.renew();
    await undefined;
    clock.advance(100);
  }
  clock.advance(100);
  assert.deepEqual(starts(), [1_100]);
});

Deno.test("the charts count as drawn when Mosaic has drawn them, also one selection after another", async () => {
  const selection = Selection.crossfilter();
  let drawing = Promise.withResolvers<void>();
  const drawn: unknown[] = [];
  selection.addEventListener("value", () => drawing.promise);
  selection.addEventListener("value", (value) => {
    whenDrawn(selection).then(() => drawn.push(value));
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  for (const value of [1, 2, 3]) {
    selection.update({ source: {}, value, fields: [], predicate: literal(true) });
    await turn();
    assert.equal(drawn.length, value - 1, "not drawn yet");
    drawing.resolve();
    drawing = Promise.withResolvers<void>();
    await turn();
    assert.equal(drawn.length, value);
  }
});

Deno.test("the first of many changes is written at once, and the last one a moment later", () => {
  const clock = createFakeClock();
  const begun = clock.monotonic();
  const written: number[] = [];
  const changed = atMostEvery(320, () => written.push(clock.monotonic() - begun), clock);
  for (let move = 0; move < 10; move++) {
    changed();
    clock.advance(100);
  }
  clock.advance(1_000);
  assert.deepEqual(written, [0, 320, 640, 960]);
  changed();
  assert.equal(written.length, 5);
});
