/**
 * Where a status comes from, and who wrote it.
 *
 * @module
 */

/** The authority of an address that needs no second look: letters, digits, dots, hyphens. */
const PLAIN = /^https?:\/\/([A-Za-z0-9.-]+)(?:[/?#]|$)/i;

/**
 * The host of an address, with its port where it is not the usual one, in the
 * form that DNS uses (lower case, `xn--` for other scripts); null where there
 * is none. Understands the `tag:` addresses of old servers.
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
  if (plain !== null) return plain[1]!.toLowerCase();
  const tag = /^tag:([^,:/]+),/i.exec(address);
  const url = URL.parse(tag === null ? address : `https://${tag[1]}`);
  return url?.host || null;
}

/**
 * The full name of an account, `ada@bread.example`. Servers leave the host out
 * for their own people.
 *
 * @param local the host of the accounts that the server names without one
 *
 * @example
 * ```ts
 * import { authorOf } from "./origin.ts";
 *
 * if (authorOf("ada", "bread.example") !== "ada@bread.example") throw new Error();
 * if (authorOf("ada@Butter.example", "bread.example") !== "ada@butter.example") throw new Error();
 * ```
 */
export function authorOf(acct: string, local: string): string {
  const at = acct.lastIndexOf("@");
  if (at <= 0) return `${acct.slice(at + 1)}@${local}`;
  return `${acct.slice(0, at)}@${hostOf(`https://${acct.slice(at + 1)}`) ?? acct.slice(at + 1)}`;
}
