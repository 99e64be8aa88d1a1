/**
 * A clock for tests that talk to a real socket and wait between requests: each
 * wait takes no time, and the clock shows afterwards that it has passed.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";

/** Makes one. It suits code that has one timer at a time. */
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
