/**
 * Random numbers from a seed.
 *
 * @module
 */

/** A sequence of random numbers. The same seed makes the same sequence. */
export interface Random {
  /** Returns a number from 0 (included) to 1 (not included). */
  next(): number;
  /** Returns a whole number from 0 to `below` - 1. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** Returns true with this probability. */
  chance(share: number): boolean;
}

/** Starts a sequence from a seed (the generator is mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (most: number) => Math.floor(next() * most);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    chance: (share) => next() < share,
  };
}
