/**
 * Which token goes to which server. A token is a password of one server: it must
 * never reach another one.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { tokenName } from "./mastodon/token-name.ts";

/** Where tokens come from. */
export interface TokenSources {
  readonly baseURLs: readonly string[];
  /** Values of `--token`: a token, or `HOST=TOKEN`. */
  readonly flags: readonly string[];
  readonly env: (name: string) => string | undefined;
}

/**
 * The token of each server: by flag, by the variable with its host's name, or,
 * where there is one server only, by `MASTODON_TOKEN`. Null where it has none.
 *
 * @throws {Failure} where it is not clear whose a token is
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
      // A token may hold "=": then the text before it is not the name of a host.
      if (host !== null && /^(?:[\w-]+\.)+[\w-]+(?::\d+)?$|^localhost(?::\d+)?$/.test(host)) {
        // The text is not repeated: it may be the beginning of a token.
        throw usage("--token: the name before '=' is not a server of --baseURL");
      }
      if (baseURLs.length > 1) {
        throw usage(
          "--token: with several servers say whose it is, --token HOST=TOKEN, " +
            `or set ${tokenName(baseURLs[0]!)}`,
        );
      }
      baseURL = baseURLs[0]!;
      token = flag;
    }
    if (tokens.has(baseURL)) throw usage(`--token: two for ${new URL(baseURL).host}`);
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
      throw usage(`MASTODON_TOKEN: with several servers say whose it is: set ${name} instead`);
    }
  }
  return tokens;
}

function usage(message: string): Failure {
  return new Failure(message, { exitCode: 2 });
}

/** The message must not repeat what may be a password. */
function clean(token: string, name: string): string {
  if (!/^[\x21-\x7E]+$/.test(token)) throw usage(`${name}: has characters that no token has`);
  return token;
}
