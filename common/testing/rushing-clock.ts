/**
 * A clock for tests: whoever waits goes on at once, and the clock shows that the
 * time has passed.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** Makes a clock on which every wait takes no time. It suits code that waits for one thing after another. */
export function createRushingClock(): Clock {
  let now = Date.UTC(2026, 1, 1, 12);
  return {
    now: () => now,
    after(milliseconds, callback) {
      const timer = setTimeout(() => {
        now += milliseconds;
        callback();
      }, 0);
      return () => clearTimeout(timer);
    },
  };
}
