/**
 * Remembers the authors who are known to have opted out.
 *
 * Only an author's own server sends `noindex`. Copies of the same status from other servers lack
 * it. If the listener also listens to the author's server, it remembers the opt-out and withholds
 * the copies as well. A server can only report opt-outs of its own people.
 *
 * @module
 */
import { KNOWN_OPT_OUTS } from "../limits.ts";
import type { Author } from "./author.ts";
import { type Consent, NOT_INDEXABLE, type Wishes, withheldReason } from "./consent.ts";
import type { KeyedHash } from "./hash.ts";

/** A bounded set of authors, by their keys. */
export interface OptOuts {
  /** Returns why this author is withheld; null if no opt-out is known. */
  reasonOf(authorKey: string): string | null;
  /**
   * Remembers an opt-out.
   *
   * @param home the author's own server, which reported the opt-out
   */
  note(home: string, authorKey: string, reason: string): void;
}

/** An author who has opted out. */
export interface OptOut {
  /** The author's own server. */
  readonly home: string;
  readonly authorKey: string;
  readonly reason: string;
}

/** A set of authors that can be saved. */
export interface SavedOptOuts extends OptOuts {
  readonly size: number;
  /** Yields all authors. Authors of the same server come in the order in which they were noted. */
  entries(): Iterable<OptOut>;
}

/**
 * Creates a set of at most `most` authors. If there are more, the server with the most authors is
 * found, and the older half of its authors is forgotten. So a server that invents opt-outs cannot
 * displace those of servers with fewer authors.
 *
 * @example
 * ```ts
 * import { createOptOuts } from "./known-opt-outs.ts";
 *
 * const optOuts = createOptOuts(100);
 * optOuts.note("https://bread.example", "key of ada", "noindex");
 * for (let n = 0; n < 1000; n++) optOuts.note("https://evil.example", `key ${n}`, "noindex");
 * if (optOuts.reasonOf("key of ada") !== "noindex") throw new Error();
 * if (optOuts.reasonOf("key of bo") !== null) throw new Error();
 * ```
 */
export function createOptOuts(most = KNOWN_OPT_OUTS): SavedOptOuts {
  const reasons = new Map<string, string>();
  const byServer = new Map<string, Set<string>>();

  /** Finds the server with the most authors, and forgets the older half of its authors. */
  function forget(): void {
    let largest = "", size = 0;
    for (const [server, keys] of byServer) {
      if (keys.size > size) [largest, size] = [server, keys.size];
    }
    const keys = byServer.get(largest)!;
    let left = Math.ceil(size / 2);
    for (const key of keys) {
      if (left-- === 0) break;
      keys.delete(key);
      reasons.delete(key);
    }
    if (keys.size === 0) byServer.delete(largest);
  }

  return {
    get size() {
      return reasons.size;
    },
    *entries() {
      for (const [home, keys] of byServer) {
        for (const authorKey of keys) yield { home, authorKey, reason: reasons.get(authorKey)! };
      }
    },
    reasonOf: (authorKey) => reasons.get(authorKey) ?? null,
    note(home, authorKey, reason) {
      const isNew = !reasons.has(authorKey);
      reasons.set(authorKey, reason);
      if (!isNew) return;
      let keys = byServer.get(home);
      if (keys === undefined) byServer.set(home, keys = new Set());
      keys.add(authorKey);
      if (reasons.size > most) forget();
    },
  };
}

/** Whether a record is withheld. */
export interface Withholding {
  /** Null if the record is not withheld. */
  readonly reason: string | null;
  /**
   * The author's key for the record: that of the second identity (`otherwise`) if only that one is
   * known to have opted out, else that of the first.
   */
  readonly key: string;
}

/** The settings of {@linkcode withholdingOf}. */
export interface WithholdingOptions {
  readonly consent: Consent;
  readonly optOuts?: OptOuts;
  readonly hashAuthor: KeyedHash;
  /** The server that sent the status. */
  readonly baseURL: string;
}

/**
 * Decides whether a record is withheld. A hostile server can let an account of its own opt out, and
 * then send a status at its own address that names an author of another server. The real author
 * must not be opted out by that. So if only the second identity of the author, the one at the
 * status's address, has opted out, the record gets the key of that identity.
 */
export function withholdingOf(
  account: Wishes,
  author: Author,
  { consent, optOuts, hashAuthor, baseURL }: WithholdingOptions,
): Withholding {
  const key = hashAuthor(author.identity);
  const reason = withheldReason(account, consent);
  if (consent === "none" || optOuts === undefined) return { reason, key };
  if (reason !== null && reason !== NOT_INDEXABLE) {
    if (author.home) optOuts.note(baseURL, key, reason);
    return { reason, key };
  }
  for (const identity of [author.identity, author.otherwise]) {
    if (identity === null) continue;
    const ownKey = identity === author.identity ? key : hashAuthor(identity);
    const known = optOuts.reasonOf(ownKey);
    if (known !== null) return { reason: `known:${known}`, key: ownKey };
  }
  return { reason, key };
}
