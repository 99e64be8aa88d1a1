/**
 * A clock for tests that use a real socket and wait between requests. A wait takes no real time,
 * but moves the clock.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";

/** Creates the clock. It works for code that has only one timer at a time. */
export function createRushingClock(): Clock {
  const clock = createFakeClock();
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    after(milliseconds, callback) {
      const cancel = clock.after(milliseconds, callback);
      const timer = setTimeout(() => clock.advance(milliseconds), 0);
      return () => {
        clearTimeout(timer);
        cancel();
      };
    },
  };
}
