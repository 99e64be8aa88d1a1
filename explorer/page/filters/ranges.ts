/**
 * Ranges of time and length, and the bars of the histograms that they select.
 *
 * @module
 */
import type { TimeScale } from "../../data/time-steps.ts";

/**
 * A range of time in milliseconds since 1970, or of characters; the end is not included. Also a
 * range of bars; its end is included.
 */
export type Range = readonly [from: number, to: number];

/** A range of bars, both ends included, that contains no bar. */
export const NO_BARS: Range = [1, 0];

/**
 * Returns the bars of the time chart that contain any part of a range, both ends included; null if
 * the range is outside the chart. A range can start or end inside a bar, because a link may have
 * been made when the bars were narrower.
 */
export function timeBars([from, to]: Range, { start, step, slots }: TimeScale): Range | null {
  return barsWithin([(from - start) / step, (to - start) / step], slots);
}

/**
 * Returns the bars of the length chart that contain any part of a range, both ends included; null
 * if there are none. The last bar contains all longer toots.
 */
export function lengthBars([from, to]: Range, step: number, bins: number): Range | null {
  return barsWithin([Math.min(from / step, bins - 1), to / step], bins);
}

function barsWithin([from, to]: Range, bars: number): Range | null {
  const [first, last] = [Math.max(0, Math.floor(from)), Math.min(Math.ceil(to), bars) - 1];
  return first <= last ? [first, last] : null;
}
