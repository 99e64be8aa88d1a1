/**
 * Remembers recent keys and their values in bounded memory.
 *
 * @module
 */

/** A bounded map of recent keys. */
export interface Recent<Value> {
  /** Returns the value of a key; undefined if the key is not remembered. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/**
 * Creates a map that remembers at least the last `size` different keys, and at most twice as many.
 * Reading or setting a known key refreshes it.
 *
 * @example
 * ```ts
 * import { createRecent } from "./recent.ts";
 *
 * const lengths = createRecent<number>(1000);
 * lengths.set("bread", 5);
 * if (lengths.get("bread") !== 5 || lengths.get("butter") !== undefined) throw new Error();
 * ```
 */
export function createRecent<Value>(size: number): Recent<Value> {
  // There are two generations. When the younger one is full, the older one is dropped. This is
  // cheaper than moving each key to the end of a list.
  let young = new Map<string, Value>(), old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    young.set(key, value);
    if (young.size < size) return;
    old = young;
    young = new Map();
  }

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}

/** A bounded set of recent keys. */
export interface RecentKeys {
  /** Adds a key. Returns true if it is new. */
  add(key: string): boolean;
}

/**
 * Creates a set of recent keys. It works like {@linkcode createRecent}, but without values.
 *
 * @example
 * ```ts
 * import { createRecentKeys } from "./recent.ts";
 *
 * const keys = createRecentKeys(1000);
 * if (!keys.add("a") || keys.add("a")) throw new Error();
 * ```
 */
export function createRecentKeys(size: number): RecentKeys {
  const keys = createRecent<true>(size);
  return {
    add(key) {
      if (keys.get(key)) return false;
      keys.set(key, true);
      return true;
    },
  };
}
