/**
 * Remembers the number of known statuses at several times.
 *
 * @module
 */

/** The counts of about the last ten minutes. */
export interface Marks {
  /** Adds the present count. */
  add(monotonic: number, count: number): void;
  /** Returns the latest count that is at least this many milliseconds old. */
  before(monotonic: number, milliseconds: number): number;
}

/** Of the marks that are older than this many milliseconds, only the newest one is kept. */
const LONGEST = 600_000;

/**
 * Creates the marks.
 *
 * @param count the number of statuses at the start, which count as old
 *
 * @example
 * ```ts
 * import { createMarks } from "./marks.ts";
 *
 * const marks = createMarks(7);
 * marks.add(1_000, 20);
 * if (marks.before(20_000, 30_000) !== 7 || marks.before(40_000, 30_000) !== 20) throw new Error();
 * ```
 */
export function createMarks(count: number): Marks {
  let marks = [{ at: -Infinity, count }];
  return {
    add(at, count) {
      const long = marks.findLastIndex((mark) => mark.at <= at - LONGEST);
      marks = [...marks.slice(Math.max(0, long)), { at, count }];
    },
    before: (now, milliseconds) =>
      marks.findLast(({ at }) => at <= now - milliseconds)?.count ?? marks[0]!.count,
  };
}
