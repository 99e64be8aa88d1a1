/**
 * A scale for counts: from zero to a round number, with ticks at whole numbers.
 *
 * @module
 */

/** The end of a scale, and its ticks. */
export interface CountScale {
  readonly top: number;
  readonly ticks: readonly number[];
}

/**
 * Returns the scale from zero to at least `max`, with at most six steps.
 *
 * @example
 * ```ts
 * import { countScale } from "./count-scale.ts";
 *
 * if (countScale(1).ticks.join() !== "0,1") throw new Error();
 * if (countScale(234).ticks.join() !== "0,50,100,150,200,250") throw new Error();
 * ```
 */
export function countScale(max: number): CountScale {
  let step = 1;
  for (let i = 0; max > 6 * step; i++) step = [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3);
  const steps = Math.max(1, Math.ceil(max / step));
  return { top: steps * step, ticks: Array.from({ length: steps + 1 }, (_, i) => i * step) };
}
