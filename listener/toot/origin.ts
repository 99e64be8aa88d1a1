/**
 * Finds out where a status comes from.
 *
 * @module
 */
import { createRecent } from "../recent.ts";

/**
 * An address without a port, whose host has only letters, digits, dots and hyphens. Most addresses
 * are like this.
 */
const PLAIN = /^https?:\/\/([A-Za-z0-9.-]+)(?:[/?#]|$)/i;

/**
 * Returns the host of an address, in the form that DNS uses (lower case, `xn--` for other scripts),
 * with the port if it is not the default one. Null if the address has no host. It also reads the
 * `tag:` addresses of old servers.
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

/** An address with its host in the form that DNS uses, and without a default port. */
const CANONICAL = /^https?:\/\/[a-z0-9.-]+(?::(?!0|80\/|443\/)\d{1,5})?\//;

/**
 * Returns an address with the scheme and the host in one canonical form, so that one post has one
 * `uri`. The rest of the address stays as it is.
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

/**
 * Returns the host, or null if it is too long. A DNS name has at most 253 characters, and a port
 * may follow.
 */
function withinDNS(host: string | null): string | null {
  return host !== null && host.length <= 260 ? host : null;
}

/** Knows whether a server has so many authors that its name says little about each of them. */
export interface OriginSizes {
  /**
   * Adds an author of the server. Returns true if the server has at least {@linkcode
   * ORIGIN_AUTHORS} authors.
   */
  isLarge(origin: string, authorKey: string): boolean;
}

/**
 * With `--hash-authors`, a server that did not send the status itself is named only after this many
 * of its authors were seen. Otherwise the name of a server with one author would identify that
 * author.
 */
export const ORIGIN_AUTHORS = 10;

/**
 * The authors of at least this many servers are counted at a time. Beyond that, the counts of the
 * servers that were seen longest ago are dropped.
 */
const SERVERS = 20_000;

/**
 * Creates a counter of the authors of each server. Its memory is bounded.
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
  const known = createRecent<Set<string> | "large">(SERVERS);
  return {
    isLarge(origin, authorKey) {
      let authors = known.get(origin);
      if (authors === undefined) known.set(origin, authors = new Set());
      if (authors === "large") return true;
      authors.add(authorKey);
      if (authors.size < ORIGIN_AUTHORS) return false;
      known.set(origin, "large");
      return true;
    },
  };
}
