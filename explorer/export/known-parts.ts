/**
 * Finds the sums of counts that another table reveals.
 *
 * The values of two dimensions can be tied together. For example, all toots of an hour of the week
 * are in the same bars of the time chart, if the lake spans less than a week. The toots of a
 * language in that hour are then known as the sum of those bars, and the other way round.
 *
 * @module
 */
import { Sets } from "./connect.ts";
import type { Cell } from "./cell.ts";

/** A part of a dimension's values whose sum another dimension reveals. */
export interface Part {
  readonly name: string;
  /** The published counts by the other dimension. Their sum is the sum of the part. */
  readonly cells: readonly Cell[];
}

/**
 * Returns the parts of the dimension `by` that contain `byValue`, and whose sums for `value` are
 * known from the published counts.
 */
export type KnownParts = (name: string, value: string, by: string, byValue: string) => Part[];

/** The dimensions that are tied to one another. */
export interface Ties {
  /** Returns the number of dimensions except `name` that `by` is tied to. */
  count(name: string, by: string): number;
  /** Returns a function that starts anew with the counts that are shown now. */
  known(): KnownParts;
}

/** Two tied dimensions: the values of `by` and of `other`, each with the name of its part. */
interface Tie {
  readonly other: string;
  readonly parts: ReadonlyMap<string, string>;
  readonly otherParts: ReadonlyMap<string, string>;
}

/** Finds the dimensions that are tied to one another. */
export function findTies(cells: readonly Cell[]): Ties {
  const ties = tiesOf(cells);
  const tied = new Set([...ties.values()].flatMap((list) => list.map(({ other }) => other)));
  /** The counts of a value by a tied dimension. */
  const counts = new Map<string, { cell: Cell; other: string }[]>();
  const add = (cell: Cell, name: string, value: string, by: string, other: string) => {
    if (!tied.has(by) || name === by) return;
    const key = `${name}\0${value}\0${by}`;
    if (!counts.has(key)) counts.set(key, []);
    counts.get(key)!.push({ cell, other });
  };
  for (const cell of cells) {
    const { a, value, b, other } = cell;
    add(cell, a, value, b, other);
    add(cell, b, other, a, value);
  }
  const known = (): KnownParts => {
    const known = new Map<string, Part | null>();
    return (name, value, by, byValue) =>
      (ties.get(by) ?? []).flatMap(({ other, parts, otherParts }) => {
        if (other === name) return [];
        const part = parts.get(byValue)!;
        const key = `${name}\0${value}\0${by}\0${other}\0${part}`;
        if (!known.has(key)) {
          const list = (counts.get(`${name}\0${value}\0${other}`) ?? [])
            .filter(({ other }) => otherParts.get(other) === part).map(({ cell }) => cell);
          const shown = list.every(({ shown }) => shown);
          known.set(key, shown ? { name: `${other}\0${part}`, cells: list } : null);
        }
        return known.get(key) ?? [];
      });
  };
  return {
    known,
    count: (name, by) => (ties.get(by) ?? []).filter(({ other }) => other !== name).length,
  };
}

function tiesOf(cells: readonly Cell[]): Map<string, Tie[]> {
  const tables = new Map<string, Cell[]>();
  for (const cell of cells) {
    const { a, b } = cell;
    if (a === b || a === "all" || b === "hashtag") continue;
    const name = `${a}\0${b}`;
    if (!tables.has(name)) tables.set(name, []);
    tables.get(name)!.push(cell);
  }
  const ties = new Map<string, Tie[]>();
  const add = (name: string, tie: Tie) => ties.set(name, [...ties.get(name) ?? [], tie]);
  for (const table of tables.values()) {
    const sets = new Sets();
    for (const { value, other } of table) sets.join(`a\0${value}`, `b\0${other}`);
    const one = new Map(table.map(({ value }) => [value, sets.find(`a\0${value}`)]));
    const two = new Map(table.map(({ other }) => [other, sets.find(`b\0${other}`)]));
    if (new Set(one.values()).size === 1) continue;
    const { a, b } = table[0]!;
    add(a, { other: b, parts: one, otherParts: two });
    add(b, { other: a, parts: two, otherParts: one });
  }
  return ties;
}
