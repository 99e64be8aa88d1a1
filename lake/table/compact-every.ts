/**
 * Compaction again and again, beside a listener.
 *
 * @module
 */
import { type Clock, sleep, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";

/** How {@linkcode compactEvery} works. */
export interface EveryOptions {
  /** Milliseconds from the end of one compaction to the next. */
  readonly every: number;
  /** Ends it; a compaction at work stops within seconds. */
  readonly signal: AbortSignal;
  readonly notify: (message: string) => void;
  readonly clock?: Clock;
}

/**
 * Runs `work` until the signal. What goes wrong in one run is reported, and the next run
 * does the work.
 *
 * @throws {Failure} if `work` is used wrongly (exit code 2)
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
