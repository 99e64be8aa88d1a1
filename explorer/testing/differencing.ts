/**
 * An attack on a static export: it adds and subtracts published counts to compute hidden ones.
 *
 * @module
 */
import { FEWEST_AUTHORS } from "../export/cell.ts";

/** A toot, as the export counts it. */
export interface CountedToot {
  readonly author: string;
  /** The value of each dimension; for hashtags, all values. A missing value is the empty text. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** The name of a count. The dimensions are in the order of the toots' `values`. */
export const nameOf = (a: string, value: string, b: string, other: string) =>
  [a, value, b, other].join("\0");

/** The dimension whose values overlap, so that its counts do not add up to a total. */
const OVERLAPPING = "hashtag";

/** A known sum of hidden counts. It maps the number of each of them to the factor of the count. */
type Equation = Map<number, number>;

/**
 * Returns the groups of fewer than five authors whose number of toots somebody can compute.
 *
 * @param published the names of the published counts
 */
export function findLeaks(
  toots: readonly CountedToot[],
  published: ReadonlySet<string>,
): string[] {
  const dimensions = Object.keys(toots[0]!.values);
  const people = new Map<string, Set<string>>();
  /** For a value of a dimension: the values of another dimension that its toots have. */
  const others = new Map<string, Set<string>>();
  for (const { author, values } of toots) {
    const all = { all: ["all"], ...values };
    const names = Object.keys(all) as (keyof typeof all)[];
    names.forEach((a, at) => {
      for (const b of names.slice(at + 1)) {
        for (const value of all[a]!) {
          for (const other of all[b]!) {
            const name = nameOf(a, value, b, other);
            people.set(name, (people.get(name) ?? new Set()).add(author));
            for (const [one, v, two, w] of [[a, value, b, other], [b, other, a, value]] as const) {
              const key = `${one}\0${v}\0${two}`;
              others.set(key, (others.get(key) ?? new Set()).add(w));
            }
          }
        }
      }
    });
  }
  const order = ["all", ...dimensions];
  const counted = (a: string, value: string, b: string, other: string) =>
    order.indexOf(a) < order.indexOf(b) ? nameOf(a, value, b, other) : nameOf(b, other, a, value);
  const hidden = [...people.keys()].filter((name) => !published.has(name));
  const numbers = new Map(hidden.map((name, n) => [name, n]));
  const equations: Equation[] = [];
  /** Adds an equation: the sum of some counts is the sum of others, or is known. */
  const add = (left: readonly string[], right: readonly string[]) => {
    const equation: Equation = new Map();
    for (const [names, sign] of [[left, 1], [right, -1]] as const) {
      for (const name of names) {
        const n = numbers.get(name);
        if (n !== undefined) equation.set(n, (equation.get(n) ?? 0) + sign);
      }
    }
    if (equation.size > 0) equations.push(equation);
  };
  const valuesOf = (name: string) =>
    name === "all" ? new Set(["all"]) : others.get(`all\0all\0${name}`)!;
  const parts = (value: string, a: string, by: string, among: Iterable<string>) =>
    [...others.get(`${a}\0${value}\0${by}`) ?? []].filter((other) => [...among].includes(other))
      .map((other) => counted(a, value, by, other));
  for (const a of order) {
    for (const value of valuesOf(a)) {
      const total = a === "all" ? [] : [counted("all", "all", a, value)];
      for (const by of dimensions) {
        if (by === a || by === OVERLAPPING) continue;
        add(parts(value, a, by, valuesOf(by)), total);
        for (const to of dimensions) {
          if (to === a || to === OVERLAPPING || to <= by) continue;
          for (const [some, same] of tiedParts(valuesOf(by), to, by, others)) {
            add(parts(value, a, by, some), parts(value, a, to, same));
          }
        }
      }
    }
  }
  const found = new Set<string>();
  for (const equation of [...equations, ...solved(equations)]) {
    const factors = new Set(equation.values());
    // If the factors differ, the result is not the number of toots of a group.
    if (factors.size !== 1) continue;
    const group = [...equation.keys()].map((n) => hidden[n]!);
    const authors = new Set(group.flatMap((name) => [...people.get(name)!]));
    if (authors.size < FEWEST_AUTHORS) found.add(group.join(" + ").replaceAll("\0", " "));
  }
  return [...found];
}

/** Returns the smallest sets of values of two dimensions that contain the same toots. */
function tiedParts(
  values: Iterable<string>,
  to: string,
  by: string,
  others: ReadonlyMap<string, ReadonlySet<string>>,
): [Set<string>, Set<string>][] {
  const parts: [Set<string>, Set<string>][] = [];
  const left = new Set(values);
  for (const first of left) {
    const some = new Set<string>(), same = new Set<string>();
    const pending = [first];
    for (const value of pending) {
      if (some.has(value)) continue;
      some.add(value);
      left.delete(value);
      for (const other of others.get(`${by}\0${value}\0${to}`)!) {
        if (same.has(other)) continue;
        same.add(other);
        pending.push(...others.get(`${to}\0${other}\0${by}`)!);
      }
    }
    parts.push([some, same]);
  }
  return parts;
}

/** Calculations are done modulo this prime, so that they are exact. */
const PRIME = 94_906_249;

const modulo = (n: number) => ((n % PRIME) + PRIME) % PRIME;

function inverse(n: number): number {
  let [a, b, x, y] = [modulo(n), PRIME, 1, 0];
  while (b !== 0) {
    const q = Math.floor(a / b);
    [a, b, x, y] = [b, a - q * b, y, x - q * y];
  }
  return modulo(x);
}

/** Subtracts `times` times another equation. */
function subtract(from: Equation, other: Equation, times: number): void {
  for (const [n, factor] of other) {
    const left = modulo((from.get(n) ?? 0) - modulo(times * factor));
    if (left === 0) from.delete(n);
    else from.set(n, left);
  }
}

/** Solves equations as far as possible (Gauss and Jordan), so that single counts are left over. */
function solved(equations: readonly Equation[]): Equation[] {
  const rows = new Map<number, Equation>();
  for (const equation of [...equations].sort((one, two) => one.size - two.size)) {
    const row = new Map([...equation].map(([n, factor]) => [n, modulo(factor)]));
    for (let pivot; (pivot = [...row.keys()].find((n) => rows.has(n))) !== undefined;) {
      subtract(row, rows.get(pivot)!, row.get(pivot)!);
    }
    const [first] = row;
    if (!first) continue;
    const [pivot, factor] = first;
    const times = inverse(factor);
    for (const [n, value] of row) row.set(n, modulo(value * times));
    for (const other of rows.values()) {
      const value = other.get(pivot);
      if (value !== undefined) subtract(other, row, value);
    }
    rows.set(pivot, row);
  }
  return [...rows.values()];
}
