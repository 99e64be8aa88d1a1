/**
 * A clock for tests: it runs as the real one does, and can be wound forward, so
 * that 75 seconds of silence last as long as a function call.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A clock that can be wound forward. */
export interface WindableClock extends Clock {
  /** Lets so many milliseconds pass at once; timers due by then fire, in their order. */
  wind(milliseconds: number): void;
  /** How many timers wait. */
  readonly waiting: number;
}

/** Makes one that shows the real time at first. */
export function createWindableClock(): WindableClock {
  let ahead = 0;
  const timers = new Set<{ due: number; fire: () => void }>();
  const now = () => Date.now() + ahead;
  return {
    now,
    after(milliseconds, callback) {
      const timer = {
        due: now() + milliseconds,
        fire() {
          cancel();
          callback();
        },
      };
      const real = setTimeout(timer.fire, Math.min(milliseconds, 2_147_483_647));
      const cancel = () => {
        clearTimeout(real);
        timers.delete(timer);
      };
      timers.add(timer);
      return cancel;
    },
    wind(milliseconds) {
      ahead += milliseconds;
      const due = [...timers].filter((timer) => timer.due <= now());
      for (const timer of due.sort((a, b) => a.due - b.due)) {
        if (timers.has(timer)) timer.fire();
      }
    },
    get waiting() {
      return timers.size;
    },
  };
}
