/**
 * Decides which token is sent to which server. A token is a password for one server, and must never
 * be sent to another one.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { tokenName } from "./mastodon/token-name.ts";

/** The sources of tokens. */
export interface TokenSources {
  readonly baseURLs: readonly string[];
  /** Values of `--token`: a token, or `HOST=TOKEN`. */
  readonly flags: readonly string[];
  readonly env: (name: string) => string | undefined;
}

/**
 * Returns the token of each server by `baseURL`; null for a server without a token. A token comes
 * from a flag, from the variable with the name of the server's host, or, if there is only one
 * server, from `MASTODON_TOKEN`.
 *
 * @throws {Failure} if it is not clear which server a token belongs to
 *
 * @example
 * ```ts
 * import { tokensFor } from "./tokens.ts";
 *
 * const tokens = tokensFor({
 *   baseURLs: ["https://bread.example", "https://butter.example"],
 *   flags: ["bread.example=abc"],
 *   env: (name) => name === "MASTODON_TOKEN_BUTTER_EXAMPLE" ? "def" : undefined,
 * });
 * if ([...tokens.values()].join() !== "abc,def") throw new Error();
 * ```
 */
export function tokensFor({ baseURLs, flags, env }: TokenSources): Map<string, string | null> {
  const hosts = new Map(baseURLs.map((baseURL) => [new URL(baseURL).host, baseURL]));
  const tokens = new Map<string, string | null>();
  for (const flag of flags) {
    const at = flag.indexOf("=");
    const host = at < 0 ? null : flag.slice(0, at).toLowerCase();
    let baseURL = host === null ? undefined : hosts.get(host);
    let token = at < 0 ? flag : flag.slice(at + 1);
    if (baseURL === undefined) {
      // A token may contain "=". Then the text before "=" is usually not the name of a host.
      if (host !== null && /^(?:[\w-]+\.)+[\w-]+(?::\d+)?$|^localhost(?::\d+)?$/.test(host)) {
        // The message does not repeat the text, because it may be the beginning of a token.
        throw usage("--token: the name before '=' is not a server of --baseURL");
      }
      if (baseURLs.length > 1) {
        throw usage(
          "--token: with several servers, name the server of each token, --token HOST=TOKEN, " +
            `or set ${tokenName(baseURLs[0]!)}`,
        );
      }
      baseURL = baseURLs[0]!;
      token = flag;
    }
    if (tokens.has(baseURL)) throw usage(`--token: two tokens for ${new URL(baseURL).host}`);
    tokens.set(baseURL, clean(token, "--token"));
  }
  for (const baseURL of baseURLs) {
    if (tokens.has(baseURL)) continue;
    const name = tokenName(baseURL);
    const own = env(name)?.trim(), any = env("MASTODON_TOKEN")?.trim();
    if (own) tokens.set(baseURL, clean(own, name));
    else if (!any) tokens.set(baseURL, null);
    else if (baseURLs.length === 1) tokens.set(baseURL, clean(any, "MASTODON_TOKEN"));
    else {
      throw usage(
        `MASTODON_TOKEN: with several servers, set one variable for each, such as ${name}`,
      );
    }
  }
  return tokens;
}

function usage(message: string): Failure {
  return new Failure(message, { exitCode: 2 });
}

/**
 * Checks the characters of a token. The error message must not repeat the text, because it may be a
 * password.
 */
function clean(token: string, name: string): string {
  if (!/^[\x21-\x7E]+$/.test(token)) {
    throw usage(`${name}: contains characters that are not allowed in a token`);
  }
  return token;
}
