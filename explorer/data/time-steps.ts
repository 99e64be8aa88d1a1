/**
 * Chooses the width of the time chart's bars: the smallest of some widths that gives at most a few
 * hundred bars.
 *
 * @module
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The possible widths of a bar in milliseconds, smallest first. */
const STEPS = [1, 5, 15, 30].map((n) => n * MINUTE)
  .concat([1, 2, 3, 6, 12].map((n) => n * HOUR))
  .concat([1, 2, 7, 14, 28].map((n) => n * DAY));

/** The default maximum number of bars of a chart. */
export const MOST_SLOTS = 360;

/**
 * The scale of the time chart. Bar `n` starts at `start + n * step` and ends just before the next
 * bar.
 */
export interface TimeScale {
  /** The start of the first bar, in milliseconds since 1970. */
  readonly start: number;
  /** The width of a bar, in milliseconds. */
  readonly step: number;
  /** The number of bars. */
  readonly slots: number;
}

/**
 * Returns the scale that contains all times from `first` to `last`, both in milliseconds since
 * 1970, with at most `most` bars.
 *
 * @example
 * ```ts
 * import { timeScale } from "./time-steps.ts";
 *
 * const { step, slots } = timeScale(Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 7, 23, 59));
 * if (step !== 3_600_000 / 2 || slots !== 336) throw new Error(`${step} ${slots}`);
 * ```
 */
export function timeScale(first: number, last: number, most: number = MOST_SLOTS): TimeScale {
  const fits = (step: number) => Math.floor(last / step) - Math.floor(first / step) < most;
  let step = STEPS.find(fits) ?? STEPS.at(-1)!;
  while (!fits(step)) step *= 2;
  const start = Math.floor(first / step) * step;
  return { start, step, slots: Math.floor((last - start) / step) + 1 };
}
