/**
 * Authors who are known not to want to be collected.
 *
 * Only an author's own server says `noindex`; the copies of the same status on
 * other servers do not. Who listens to several servers has been told all the
 * same, and withholds the copies as well.
 *
 * @module
 */

/** A memory for authors, `ada@bread.example`. */
export interface OptOuts {
  /** Why this author's statuses are withheld, where that is known. */
  reasonOf(author: string): string | null;
  note(author: string, reason: string): void;
}

/**
 * Remembers at least the last `size` authors, and at most twice as many.
 *
 * @example
 * ```ts
 * import { createOptOuts } from "./known-opt-outs.ts";
 *
 * const optOuts = createOptOuts(100);
 * optOuts.note("ada@bread.example", "noindex");
 * if (optOuts.reasonOf("ada@bread.example") !== "noindex") throw new Error();
 * if (optOuts.reasonOf("bo@butter.example") !== null) throw new Error();
 * ```
 */
export function createOptOuts(size: number): OptOuts {
  let young = new Map<string, string>(), old = new Map<string, string>();
  return {
    reasonOf: (author) => young.get(author) ?? old.get(author) ?? null,
    note(author, reason) {
      young.set(author, reason);
      if (young.size < size) return;
      old = young;
      young = new Map();
    },
  };
}
