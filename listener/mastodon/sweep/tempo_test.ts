import assert from "node:assert/strict";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import type { Pace } from "../rest/rate-limit.ts";
import { createTempo } from "./tempo.ts";

const pace = { spacing: () => 1_000, free: () => 1 } as unknown as Pace;

Deno.test("a sweep that is asked for while another is under way follows it at once", () => {
  const clock = createFakeClock();
  const tempo = createTempo(clock, pace);
  tempo.began();
  clock.advance(3_000);
  tempo.soon(0); // The stream has opened, and a page was read before that.
  clock.advance(3_000);
  tempo.swept({ fresh: 2_400, pages: 60, streaming: true, first: true });
  assert.ok(tempo.quickAt <= clock.monotonic());

  tempo.began();
  tempo.swept({ fresh: 0, pages: 1, streaming: true, first: false });
  assert.ok(tempo.quickAt > clock.monotonic(), "once");
});

Deno.test("many pages make the next sweep wait, unless it is asked for", () => {
  const clock = createFakeClock();
  const tempo = createTempo(clock, pace);
  tempo.swept({ fresh: 2_400, pages: 60, streaming: true, first: true });
  assert.equal(tempo.quickAt, clock.monotonic() + 120_000);
  tempo.soon(5_000);
  assert.equal(tempo.quickAt, clock.monotonic() + 5_000);
});
