/**
 * How long to wait before trying again.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @module
 */

/** A row of waits that grow. */
export interface Backoff {
  /** How often it was asked since the last reset. */
  readonly attempts: number;
  /** The next wait in milliseconds. */
  next(): number;
  /** All is well again. */
  reset(): void;
}

/**
 * Exponential, capped, with full jitter: anything between nothing and the
 * exponential value, so that the listeners that a server's restart cut off do
 * not all come back in the same second.
 *
 * @example
 * ```ts
 * import { createBackoff } from "./backoff.ts";
 *
 * const backoff = createBackoff({ base: 1_000, cap: 5_000, random: () => 1 });
 * const waits = [1, 2, 3, 4].map(() => backoff.next());
 * if (String(waits) !== "1000,2000,4000,5000") throw new Error();
 * ```
 */
export function createBackoff(
  options: { base?: number; cap?: number; random?: () => number } = {},
): Backoff {
  const { base = 1_000, cap = 120_000, random = Math.random } = options;
  let attempts = 0;
  return {
    get attempts() {
      return attempts;
    },
    next: () => Math.round(random() * Math.min(cap, base * 2 ** attempts++)),
    reset: () => attempts = 0,
  };
}
