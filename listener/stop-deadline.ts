/**
 * The end of the patience of whoever stops us: a container is killed some seconds
 * after it was asked to stop.
 *
 * @module
 */
import { type Clock, systemClock } from "../common/clock.ts";
import { Failure } from "../common/failure.ts";

/** Milliseconds that the sinks get to write what they have once we are asked to stop. */
export const SINKS_STOP_WITHIN = 15_000;

/** Milliseconds after which a run ends even if a sink hangs; the rule is 20 seconds. */
const STOP_WITHIN = 18_000;

/**
 * Waits for the end of a run, and at most 18 seconds after the signal.
 *
 * @throws {Failure} if the run did not end in time
 */
export async function endWithin<T>(
  run: Promise<T>,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  let cancel = () => {};
  const begin = () => {
    cancel = clock.after(STOP_WITHIN, () => {
      late.reject(
        new Failure(
          `the sinks did not end within ${STOP_WITHIN / 1000} s; what they did not write is ` +
            `fetched again at the next start`,
        ),
      );
    });
  };
  signal.addEventListener("abort", begin, { once: true });
  if (signal.aborted) begin();
  try {
    return await Promise.race([run, late.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", begin);
  }
}

/** A signal that follows another one after some milliseconds. */
export function laterSignal(
  signal: AbortSignal,
  milliseconds: number,
  clock: Clock = systemClock,
): AbortSignal {
  const later = new AbortController();
  const begin = () => void clock.after(milliseconds, () => later.abort());
  signal.addEventListener("abort", begin, { once: true });
  if (signal.aborted) begin();
  return later.signal;
}
