/**
 * Stretches of time: parts of a span.
 *
 * @module
 */

/** A stretch of time in milliseconds: `from` is part of the stretch, and `until` is not. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** Returns the parts of the stretches that lie between two times. */
export function within(
  stretches: readonly Stretch[],
  from: number,
  until: number,
): Stretch[] {
  return stretches
    .map((one) => ({ from: Math.max(one.from, from), until: Math.min(one.until, until) }))
    .filter((one) => one.until > one.from);
}

/** Returns true if one of the stretches contains this time. */
export function holds(stretches: readonly Stretch[], time: number): boolean {
  return stretches.some(({ from, until }) => from <= time && time < until);
}

/**
 * Cuts a stretch at those of the times that lie inside it.
 *
 * @example
 * ```ts
 * import { cut } from "./stretch.ts";
 *
 * const parts = cut({ from: 0, until: 10 }, [4, 4, 12]);
 * if (JSON.stringify(parts) !== '[{"from":0,"until":4},{"from":4,"until":10}]') throw new Error();
 * ```
 */
export function cut({ from, until }: Stretch, times: readonly number[]): Stretch[] {
  const inside = new Set(times.filter((time) => time > from && time < until));
  const cuts = [from, ...[...inside].sort((a, b) => a - b), until];
  return cuts.slice(1).map((end, i) => ({ from: cuts[i]!, until: end }));
}
