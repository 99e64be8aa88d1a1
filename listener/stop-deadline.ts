/**
 * Limits the time that stopping may take, because a container is killed some seconds after it was
 * asked to stop.
 *
 * @module
 */
import { type Clock, systemClock } from "../common/clock.ts";

/**
 * When the listener is asked to stop, the sinks must write their records within this many
 * milliseconds.
 */
export const SINKS_STOP_WITHIN = 15_000;

/** Creates a signal that is aborted `milliseconds` after `signal`. */
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
