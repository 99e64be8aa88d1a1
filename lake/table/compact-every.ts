/**
 * Repeats compactions, beside a listener.
 *
 * @module
 */
import { type Clock, sleep, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";

/** Options of {@linkcode compactEvery}. */
export interface EveryOptions {
  /** The time in milliseconds from the end of one compaction to the start of the next. */
  readonly every: number;
  /** Aborting it ends the repetition. `work` must stop by the same signal. */
  readonly signal: AbortSignal;
  readonly notify: (message: string) => void;
  readonly clock?: Clock;
}

/**
 * Repeats `work` until the signal is aborted. An error of one run is reported, and the next run
 * does the work.
 *
 * @throws {Failure} if `work` fails with a usage error (exit code 2)
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
