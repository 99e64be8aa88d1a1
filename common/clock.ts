/**
 * Time and timers. Functions receive the clock as an argument, so that tests can use a clock that
 * they move themselves.
 *
 * @module
 */

/** Tells the time and starts timers. */
export interface Clock {
  /**
   * Returns the wall-clock time in milliseconds since 1970, for time stamps. It can jump when
   * somebody sets the clock.
   */
  now(): number;
  /**
   * Returns milliseconds since an arbitrary start, for durations. This clock never goes backwards.
   */
  monotonic(): number;
  /**
   * Calls `callback` once after this many milliseconds. The returned function cancels the timer.
   */
  after(milliseconds: number, callback: () => void): () => void;
}

/**
 * The longest timer, in milliseconds: 2^31 - 1, or 24.8 days. A longer timer would fire at once.
 */
const LONGEST = 2_147_483_647;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), LONGEST));
    return () => clearTimeout(timer);
  },
};

/**
 * Resolves after this many milliseconds, or as soon as the signal is aborted. It never rejects, so
 * the caller must check the signal afterwards.
 *
 * @example
 * ```ts
 * import { sleep, systemClock } from "./clock.ts";
 *
 * await sleep(systemClock, 3_600_000, AbortSignal.abort()); // at once
 * ```
 */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = clock.after(milliseconds, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    const stop = () => {
      cancel();
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}
