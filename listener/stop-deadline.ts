/**
 * The end of the patience of whoever stops us: a container is killed some seconds
 * after it was asked to stop.
 *
 * @module
 */
import { type Clock, systemClock } from "../common/clock.ts";

/** Milliseconds that the sinks get to write what they have once we are asked to stop. */
export const SINKS_STOP_WITHIN = 15_000;

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
