/**
 * A clock for tests that stands still until it is wound.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A clock that is wound by hand. */
export interface HandClock extends Clock {
  /** Lets so many milliseconds pass; timers due by then fire, in their order. */
  wind(milliseconds: number): void;
}

/** Makes one that shows noon of 1 February 2026. */
export function createHandClock(): HandClock {
  let now = Date.UTC(2026, 1, 1, 12);
  const timers = new Set<{ due: number; callback: () => void }>();
  return {
    now: () => now,
    after(milliseconds, callback) {
      const timer = { due: now + milliseconds, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    wind(milliseconds) {
      const until = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
        if (next === undefined) break;
        now = Math.max(now, next.due);
        timers.delete(next);
        next.callback();
      }
      now = until;
    },
  };
}
