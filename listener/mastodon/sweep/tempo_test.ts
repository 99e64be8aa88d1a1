import assert from "node:assert/strict";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import type { Pace } from "../rest/rate-limit.ts";
import { createTempo } from "./tempo.ts";

const pace = { spacing: () => 1_000, free: () => 1 } as unknown as Pace;

Deno.test("a sweep requested during another starts right after it", () => {
  const clock = createFakeClock();
  const tempo = createTempo(clock, pace);
  tempo.began();
  clock.advance(3_000);
  tempo.soon(0); // The stream opens after a page was read.
  clock.advance(3_000);
  tempo.swept({ fresh: 2_400, pages: 60, streaming: true, first: true });
  assert.ok(tempo.quickAt <= clock.monotonic());

  tempo.began();
  tempo.swept({ fresh: 0, pages: 1, streaming: true, first: false });
  assert.ok(tempo.quickAt > clock.monotonic(), "once");
});

Deno.test("after a sweep of many pages the next one waits, unless it is requested", () => {
  const clock = createFakeClock();
  const tempo = createTempo(clock, pace);
  tempo.swept({ fresh: 2_400, pages: 60, streaming: true, first: true });
  assert.equal(tempo.quickAt, clock.monotonic() + 120_000);
  tempo.soon(5_000);
  assert.equal(tempo.quickAt, clock.monotonic() + 5_000);
});

Deno.test("slow sweeps leave what polls need until the allowance is renewed, and no more", () => {
  const clock = createFakeClock();
  // The limit is 300 requests in five minutes: `left` of them for the next `until` milliseconds.
  const allowance = { left: 300, until: 300_000 };
  const tempo = createTempo(
    clock,
    {
      spacing: () => allowance.until / allowance.left,
      free: () => allowance.left / 300,
    } as unknown as Pace,
  );
  const polled = (pages: number) =>
    tempo.swept({ fresh: pages * 40, pages, streaming: false, first: false });
  polled(1);
  Object.assign(allowance, { left: 40, until: 100_000 });
  assert.ok(tempo.hasReserve, "a poll now and then needs little");
  allowance.left = 30;
  assert.ok(!tempo.hasReserve, "a tenth is always left");
  Object.assign(allowance, { left: 300, until: 300_000 });
  polled(20); // One page in 1.6 seconds.
  assert.ok(tempo.hasReserve);
  Object.assign(allowance, { left: 150, until: 250_000 });
  assert.ok(!tempo.hasReserve, "the polls need 156");
  allowance.until = 200_000;
  assert.ok(tempo.hasReserve, "the polls need 125");
});
