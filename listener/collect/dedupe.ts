/**
 * Remembers recent keys in bounded memory.
 *
 * @module
 */

/** A bounded set of recent keys. */
export interface Recent {
  /** Adds a key. Returns true if it is new. */
  add(key: string): boolean;
}

/**
 * Remembers at least the last `size` different keys, and at most twice as many. Adding a known key
 * again refreshes it.
 *
 * @example
 * ```ts
 * import { createRecent } from "./dedupe.ts";
 *
 * const recent = createRecent(1000);
 * if (!recent.add("a") || recent.add("a")) throw new Error();
 * ```
 */
export function createRecent(size: number): Recent {
  // Two generations: when the younger one is full, the older one is dropped. That is cheaper
  // than moving each key to the end of a list.
  let young = new Set<string>(), old = new Set<string>();
  return {
    add(key) {
      if (young.has(key)) return false;
      const isNew = !old.has(key);
      young.add(key);
      if (young.size >= size) {
        old = young;
        young = new Set();
      }
      return isNew;
    },
  };
}
