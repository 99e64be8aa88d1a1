/**
 * Repeats compaction at an interval, while a listener goes on writing.
 *
 * @module
 */
import { type Clock, sleep, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";

/** Options of {@linkcode compactEvery}. */
export interface EveryOptions {
  /** The time in milliseconds from the end of one compaction to the start of the next. */
  readonly every: number;
  /** Aborting it ends the repetition. `work` must watch the same signal to stop early. */
  readonly signal: AbortSignal;
  readonly notify: (message: string) => void;
  readonly clock?: Clock;
}

/**
 * Repeats `work` until the signal is aborted. If a run fails, the failure is reported, and the next
 * run tries again.
 *
 * @throws the error of `work` if it is a usage error (exit code 2) or not a {@linkcode Failure}
 */
export async function compactEvery(
  work: () => Promise<void>,
  { every, signal, notify, clock = systemClock }: EveryOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof Failure) || error.exitCode === 2) throw error;
      notify(`${error.message}; the next attempt follows in ${Math.round(every / 1000)} s`);
    }
    await sleep(clock, every, signal);
  }
}
