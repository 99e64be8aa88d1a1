/**
 * Random numbers without state. Every property of a post is a hash of the seed, the
 * post's number and a number for the property. So any single post can be made again
 * at any time, and a new property does not change the others.
 *
 * @module
 */

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Mixes three numbers into one whole number of 32 bits, as murmur3 does. */
export function hash(seed: number, index: number, salt: number): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ Math.imul(index | 0, 0xcc9e2d51));
  h = mix(h ^ Math.imul(salt + 1, 0x1b873593));
  return h >>> 0;
}

/** Returns a number from 0 (included) to 1 (not included). */
export function chance(seed: number, index: number, salt: number): number {
  return hash(seed, index, salt) / 4294967296;
}

/** Returns one of `items`. Each is equally likely. */
export function pick<T>(items: readonly T[], seed: number, index: number, salt: number): T {
  return items[Math.floor(chance(seed, index, salt) * items.length)]!;
}

/** Returns the running sums of `weights` for {@link weighted}. The last sum is 1. */
export function cumulative(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  weights.forEach((weight, i) => sums[i] = (sum += weight) / total);
  return sums;
}

/** Returns the index of the first of `sums` that is above `at` (0 to 1). */
export function weighted(sums: Float64Array, at: number): number {
  let low = 0, high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
