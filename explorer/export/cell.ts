/**
 * The counts of a static export, and their authors.
 *
 * @module
 */

/** The minimum number of authors of a published count. */
export const FEWEST_AUTHORS = 5;

/**
 * The authors of a group of toots, as two sets of bits (see `pairs-sql.ts`). If groups are joined,
 * their bits are joined with "or".
 */
export type People = readonly [bigint, bigint];

/** A count by the dimensions `a` and `b`. */
export interface Cell {
  readonly a: string;
  /** The value of `a`; empty if it is missing. */
  readonly value: string;
  readonly b: string;
  readonly other: string;
  readonly n: number;
  readonly people: People;
  /** True if it is published. */
  shown: boolean;
}

/** Returns a number that is at most the number of authors. */
export function authorsOf([one, two]: People): number {
  const bits = (set: bigint) => set.toString(2).replaceAll("0", "").length;
  return Math.max(bits(one), bits(two));
}

/** Returns true if counts together have enough authors. */
export function isBig(cells: readonly Pick<Cell, "people">[]): boolean {
  const people = cells.reduce<People>(
    ([one, two], { people }) => [one | people[0], two | people[1]],
    [0n, 0n],
  );
  return authorsOf(people) >= FEWEST_AUTHORS;
}
