import assert from "node:assert/strict";
import { createFakeClock } from "../common/testing/fake-clock.ts";
import { laterSignal } from "./stop-deadline.ts";

Deno.test("a later signal aborts a given time after its source", () => {
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
