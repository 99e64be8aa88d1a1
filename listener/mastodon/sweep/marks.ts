/**
 * Remembers how many statuses were known at which time.
 *
 * @module
 */

/** The counts of the last minutes. */
export interface Marks {
  /** Records the present count. */
  add(monotonic: number, count: number): void;
  /** The count of at least this many milliseconds ago. */
  before(monotonic: number, milliseconds: number): number;
}

/** Older marks than this are not needed one by one: ten minutes. */
const LONGEST = 600_000;

/**
 * Makes some.
 *
 * @param count how many there were at the start: they count as given long ago
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
