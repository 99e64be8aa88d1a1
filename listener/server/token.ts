/**
 * Which access token belongs to which server.
 *
 * @module
 */

/**
 * The name of the variable that holds the token for one server: its host in
 * capitals, with `_` for all else than letters and digits.
 *
 * @example
 * ```ts
 * import { tokenName } from "./token.ts";
 *
 * if (tokenName("https://mastodon.social") !== "MASTODON_TOKEN_MASTODON_SOCIAL") throw new Error();
 * if (tokenName("http://127.0.0.1:4000") !== "MASTODON_TOKEN_127_0_0_1_4000") throw new Error();
 * ```
 */
export function tokenName(baseURL: string): string {
  return `MASTODON_TOKEN_${new URL(baseURL).host.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

/**
 * The token for a server: its own variable, then what `--token` says, then
 * `MASTODON_TOKEN`; null where there is none. A variable of the host's own comes
 * first because a token is good for one server only.
 *
 * @param env reads an environment variable
 */
export function tokenFor(
  baseURL: string,
  flag: string | undefined,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string | null {
  const token = env(tokenName(baseURL)) || flag || env("MASTODON_TOKEN") || "";
  return token.trim() || null;
}
