/**
 * The names of the environment variables that contain tokens.
 *
 * @module
 */

/**
 * Returns the name of the variable that contains the token for one server. The name ends with the
 * host in capitals. Dots, hyphens and colons become `_`, and several of them in a row become one
 * `_`.
 *
 * @example
 * ```ts
 * import { tokenName } from "./token-name.ts";
 *
 * if (tokenName("https://mastodon.social") !== "MASTODON_TOKEN_MASTODON_SOCIAL") throw new Error();
 * if (tokenName("http://127.0.0.1:4000") !== "MASTODON_TOKEN_127_0_0_1_4000") throw new Error();
 * ```
 */
export function tokenName(baseURL: string): string {
  return `MASTODON_TOKEN_${new URL(baseURL).host.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}
