import assert from "node:assert/strict";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import { createRhythm, watchLiveness } from "./liveness.ts";

function watch(quiet: number) {
  const clock = createFakeClock();
  const causes: string[] = [];
  const liveness = watchLiveness({ clock, quiet, dead: (cause) => causes.push(cause) });
  return { clock, causes, liveness };
}

Deno.test("75 seconds without any frame end the stream", () => {
  const { clock, causes, liveness } = watch(600_000);
  clock.advance(74_000);
  liveness.sign();
  clock.advance(74_999);
  assert.deepEqual(causes, []);
  clock.advance(1);
  assert.deepEqual(causes, ["no frame for 75 s"]);
  clock.advance(1_000_000);
  assert.equal(causes.length, 1, "told once");
});

Deno.test("pings without statuses also end the stream, but later", () => {
  const { clock, causes, liveness } = watch(120_000);
  liveness.status();
  for (let ping = 0; ping < 4; ping++) {
    assert.deepEqual(causes, []);
    clock.advance(30_000);
    liveness.sign();
  }
  assert.deepEqual(causes, ["no status for 120 s"]);
});

Deno.test("a paused watch does not count silence, and a stopped watch reports nothing", () => {
  const { clock, causes, liveness } = watch(120_000);
  liveness.pause();
  clock.advance(1_000_000);
  liveness.resume();
  clock.advance(74_999);
  assert.deepEqual(causes, []);
  liveness.stop();
  clock.advance(1_000_000);
  assert.deepEqual(causes, []);
});

Deno.test("the time limit without statuses follows the server's pace, within bounds", () => {
  const clock = createFakeClock();
  const every = (milliseconds: number) => {
    const rhythm = createRhythm(clock, null);
    for (let note = 0; note < 50; note++) {
      clock.advance(milliseconds);
      rhythm.note(1);
    }
    return rhythm;
  };
  assert.equal(every(10).quiet, 120_000);
  assert.equal(Math.round(every(20_000).quiet / 1000), 600);
  assert.equal(every(1_800_000).quiet, 3_600_000);
  assert.equal(createRhythm(clock, null).quiet, 600_000);
  assert.equal(createRhythm(clock, 9_000).quiet, 9_000);
  const slow = every(10);
  slow.falseAlarm();
  assert.equal(slow.quiet, 240_000);
});

Deno.test("an unusual pause is reported when it ends, a usual one is not", () => {
  const clock = createFakeClock();
  const rhythm = createRhythm(clock, null);
  const after = (milliseconds: number, statuses = 1) => {
    clock.advance(milliseconds);
    return rhythm.note(statuses);
  };
  for (let note = 0; note < 20; note++) assert.equal(after(1_000), 0);
  assert.equal(after(4_000), 0);
  assert.equal(after(30_000), 30_000);
  rhythm.restart();
  assert.equal(after(30_000), 0, "what lies between two connections is no pause");
});
