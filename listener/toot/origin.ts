/**
 * Finds out where a status comes from.
 *
 * @module
 */

/** An address whose host has only letters, digits, dots and hyphens, as most have. */
const PLAIN = /^https?:\/\/([A-Za-z0-9.-]+)(?:[/?#]|$)/i;

/**
 * The host of an address, with its port where it is not the usual one, in the
 * form that DNS uses (lower case, `xn--` for other scripts); null if it has
 * none. Understands the `tag:` addresses of old servers.
 *
 * @example
 * ```ts
 * import { hostOf } from "./origin.ts";
 *
 * if (hostOf("https://Bread.Example/users/ada/1") !== "bread.example") throw new Error();
 * if (hostOf("https://brötchen.example:8443/@ada") !== "xn--brtchen-b1a.example:8443") throw new Error();
 * if (hostOf("tag:bread.example,2017-05-01:objectId=1") !== "bread.example") throw new Error();
 * if (hostOf("1f3a") !== null) throw new Error();
 * ```
 */
export function hostOf(address: unknown): string | null {
  if (typeof address !== "string") return null;
  const plain = PLAIN.exec(address);
  if (plain !== null) return withinDNS(plain[1]!.toLowerCase());
  const tag = /^tag:([^,:/]+),/i.exec(address);
  const url = URL.parse(tag === null ? address : `https://${tag[1]}`);
  return withinDNS(url?.host || null);
}

/** An address whose host is written as DNS writes it, without a port that goes without saying. */
const CANONICAL = /^https?:\/\/[a-z0-9.-]+(?::(?!0|80\/|443\/)\d{1,5})?\//;

/**
 * The same address with its scheme and host in the one form that all servers can
 * agree on, so that one post has one `uri`. The rest stays as it is.
 *
 * @example
 * ```ts
 * import { canonicalAddress } from "./origin.ts";
 *
 * const address = canonicalAddress("HTTPS://Brötchen.example:443/Users/Ada?x=%c3");
 * if (address !== "https://xn--brtchen-b1a.example/Users/Ada?x=%c3") throw new Error(address);
 * if (canonicalAddress("tag:bread.example,2017:1") !== "tag:bread.example,2017:1") throw new Error();
 * ```
 */
export function canonicalAddress(address: string): string {
  if (CANONICAL.test(address)) return address;
  const [, root, path] = /^(https?:\/\/[^/?#@]+)(.*)$/is.exec(address) ?? [];
  const url = root === undefined ? null : URL.parse(root);
  return url === null ? address : `${url.origin}${path}`;
}

/** Names of the DNS have 253 characters at most; there may be a port. */
function withinDNS(host: string | null): string | null {
  return host !== null && host.length <= 260 ? host : null;
}

/** Whether a server has so many authors that its name says little about any of them. */
export interface OriginSizes {
  /** Adds an author of the server. Returns true if it has at least {@linkcode ORIGIN_AUTHORS}. */
  isLarge(origin: string, authorKey: string): boolean;
}

/**
 * With `--hash-authors` a server is named only after this many of its authors were seen: the
 * name of a server with one author identifies that author.
 */
export const ORIGIN_AUTHORS = 10;

/** How many servers are counted at a time. Those that were seen longest ago start again. */
const SERVERS = 20_000;

/**
 * Counts the authors of servers in bounded memory.
 *
 * @example
 * ```ts
 * import { createOriginSizes, ORIGIN_AUTHORS } from "./origin.ts";
 *
 * const origins = createOriginSizes();
 * for (let n = 1; n < ORIGIN_AUTHORS; n++) {
 *   if (origins.isLarge("bread.example", `author ${n}`)) throw new Error();
 * }
 * if (!origins.isLarge("bread.example", "one more")) throw new Error();
 * ```
 */
export function createOriginSizes(): OriginSizes {
  let young = new Map<string, Set<string> | "large">(), old: typeof young = new Map();
  return {
    isLarge(origin, authorKey) {
      let authors = young.get(origin);
      if (authors === undefined) {
        authors = old.get(origin) ?? new Set();
        if (young.size >= SERVERS) [old, young] = [young, new Map()];
        young.set(origin, authors);
      }
      if (authors === "large") return true;
      authors.add(authorKey);
      if (authors.size < ORIGIN_AUTHORS) return false;
      young.set(origin, "large");
      return true;
    },
  };
}
