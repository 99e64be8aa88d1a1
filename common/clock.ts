/**
 * The time and its timers, as an argument: tests pass a clock that they move by
 * hand.
 *
 * @module
 */

/** Tells the time and calls back. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the function it gives cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Timers longer than this would fire at once: 2^31 - 1 milliseconds, 24.8 days. */
const LONGEST = 2_147_483_647;

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), LONGEST));
    return () => clearTimeout(timer);
  },
};

/**
 * Resolves after so many milliseconds, or as soon as the signal is aborted;
 * never rejects, so look at the signal afterwards.
 *
 * @example
 * ```ts
 * import { sleep, systemClock } from "./clock.ts";
 *
 * await sleep(systemClock, 3_600_000, AbortSignal.abort()); // at once
 * ```
 */
export function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
