import assert from "node:assert/strict";
import { createFakeClock } from "../common/testing/fake-clock.ts";
import { whenSettled } from "./page/settle.ts";

function setUp() {
  const clock = createFakeClock();
  const loads: { start: number; end: () => Promise<void> }[] = [];
  const begun = clock.monotonic();
  const changed = whenSettled(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = async () => {
      resolve();
      await new Promise((resolve) => setTimeout(resolve));
    };
    loads.push({ start: clock.monotonic() - begun, end });
    await promise;
  }, clock);
  return { clock, loads, changed, starts: () => loads.map(({ start }) => start) };
}

Deno.test("slow parts are loaded after a pause of the user", () => {
  const { clock, changed, starts } = setUp();
  for (let move = 0; move < 10; move++) {
    changed();
    clock.advance(100);
  }
  assert.deepEqual(starts(), []);
  clock.advance(100);
  assert.deepEqual(starts(), [1_100]);
});

Deno.test("one load runs at a time, and the last change is loaded after it", async () => {
  const { clock, loads, changed, starts } = setUp();
  changed(0);
  clock.advance(0);
  changed();
  clock.advance(3_000);
  assert.deepEqual(starts(), [0]);
  await loads[0]!.end();
  clock.advance(200);
  assert.deepEqual(starts(), [0, 3_200]);
});

Deno.test("after a slow load, the pause is as long as that load took", async () => {
  const { clock, loads, changed, starts } = setUp();
  changed(0);
  clock.advance(0);
  clock.advance(3_000);
  await loads[0]!.end();
  changed();
  clock.advance(2_999);
  assert.deepEqual(starts(), [0]);
  clock.advance(1);
  assert.deepEqual(starts(), [0, 6_000]);
});
