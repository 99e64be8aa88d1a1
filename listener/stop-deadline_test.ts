import assert from "node:assert/strict";
import { createFakeClock, settle } from "../common/testing/fake-clock.ts";
import { endWithin, laterSignal } from "./stop-deadline.ts";

Deno.test("a run that hangs ends within 20 seconds of the signal, and no earlier", async () => {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const ended = endWithin(new Promise(() => {}), stopping.signal, clock)
    .then(() => "well", (error) => error.message);
  let outcome: string | null = null;
  void ended.then((message) => outcome = message);
  await clock.advanceAsync(3_600_000);
  assert.equal(outcome, null, "while it runs nobody is in a hurry");
  stopping.abort();
  await clock.advanceAsync(17_000);
  await settle();
  assert.equal(outcome, null);
  await clock.advanceAsync(2_000);
  await settle();
  assert.match(String(outcome), /did not end within 18 s/);
});

Deno.test("a run that ends in time ends as it does", async () => {
  const clock = createFakeClock();
  assert.equal(await endWithin(Promise.resolve(7), AbortSignal.abort(), clock), 7);
  await assert.rejects(endWithin(Promise.reject(new Error("x")), AbortSignal.abort(), clock), /x/);
  assert.equal(clock.pending, 0);
});

Deno.test("a later signal follows", () => {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const later = laterSignal(stopping.signal, 1_000, clock);
  clock.advance(5_000);
  stopping.abort();
  clock.advance(999);
  assert.equal(later.aborted, false);
  clock.advance(1);
  assert.equal(later.aborted, true);
});
