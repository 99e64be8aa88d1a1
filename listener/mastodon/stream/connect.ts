/**
 * Finds the stream of a server and opens it.
 *
 * The token is sent to two hosts only: the server's own, and the streaming host that its instance
 * names. If the server redirects to one of these, even to another port or path, the redirect is
 * followed. A redirect to any other host is not followed, with or without the token. Such a
 * redirect does not prove that the administrators chose that host, and without the token the host
 * would not stream. The timeline is polled instead, which loses nothing.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { NAME_LENGTH } from "../../limits.ts";
import { notice } from "../notice.ts";
import type { Headers } from "../rest/rate-limit.ts";
import { type Opening, openStream } from "./stream.ts";
import { userAgent } from "../rest/user-agent.ts";
import type { ServerContext } from "../server-context.ts";

/** The result if the server redirects to a host that its instance does not name. */
export interface Elsewhere {
  readonly failed: string;
  readonly elsewhere: string;
}

/** The maximum number of redirects that are followed. */
const HOPS = 3;

/** Builds the address of a timeline's stream. */
export function streamURL(streaming: string | null, baseURL: string, federated: boolean): string {
  const base = streaming ?? baseURL.replace(/^http/, "ws");
  return `${base}/api/v1/streaming?stream=${federated ? "public" : "public:local"}`;
}

/**
 * Returns the address that a redirect leads to; null if the redirect must not be followed.
 *
 * @param hosts the hosts that a redirect may lead to, without ports
 */
export function redirectTo(
  location: string,
  from: string,
  hosts: readonly string[],
): string | null {
  const here = from.replace(/^ws/, "http");
  if (!URL.canParse(location, here)) return null;
  const to = new URL(location, here);
  if (!hosts.includes(to.hostname)) return null;
  if (!/^(https?|wss?):$/.test(to.protocol)) return null;
  const secure = /^(https|wss):$/.test(to.protocol);
  if (from.startsWith("wss:") && !secure) return null;
  const search = to.search || new URL(here).search;
  return `${secure ? "wss:" : "ws:"}//${to.host}${to.pathname}${search}`;
}

/**
 * The place in the request where the server reads the token. It is found out at the first
 * connection.
 */
export interface TokenPlace {
  /** True for the subprotocol, as in Pleroma; false for the Authorization header. */
  subprotocol: boolean;
}

/** Tokens that are valid as the name of a subprotocol (RFC 6455). */
const PROTOCOL = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** After an answer with one of these HTTP statuses, the token is sent in the other `TokenPlace`. */
const UNHEARD: readonly number[] = [400, 401, 403];

/**
 * Opens the stream.
 *
 * @param known receives the names of events that the listener does not use
 * @param place where the token is sent; changed if the server reads the token in the other place
 */
export async function* connect(
  context: ServerContext,
  known: Set<string>,
  place: TokenPlace,
): AsyncGenerator<ServerEvent[], Opening | Elsewhere, undefined> {
  const { token } = context.options;
  const opening = yield* follow(context, known, place);
  const unheard = "refused" in opening && UNHEARD.includes(opening.refused.status);
  if (!unheard || token === null || !PROTOCOL.test(token)) return opening;
  const other = { subprotocol: !place.subprotocol };
  const second = yield* follow(context, known, other);
  if (!("stream" in second)) return opening;
  place.subprotocol = other.subprotocol;
  return second;
}

/** Opens the stream, following redirects between the server's host and its streaming host. */
async function* follow(
  { options, deps, instance, rhythm, host }: ServerContext,
  known: Set<string>,
  { subprotocol }: TokenPlace,
): AsyncGenerator<ServerEvent[], Opening | Elsewhere, undefined> {
  const { baseURL, token, federated, signal, stallAfter = 60_000 } = options;
  const headers: Record<string, string> = { "User-Agent": userAgent(options.contact) };
  if (token !== null) {
    if (subprotocol) headers["Sec-WebSocket-Protocol"] = token;
    else headers["Authorization"] = `Bearer ${token}`;
  }

  let url = streamURL(instance.streaming, baseURL, federated);
  const hosts = [new URL(baseURL).hostname, new URL(url).hostname];
  for (let hops = 0;; hops++) {
    const opening = await openStream({
      url,
      headers,
      deps,
      signal,
      quiet: rhythm.quiet,
      stallAfter,
      other: (event) => {
        if (known.size < 100 && event.length <= NAME_LENGTH) known.add(event);
      },
    });
    if (!("refused" in opening)) return opening;
    const { status, headers: answer } = opening.refused;
    const location = (answer as Headers)["location"];
    if (status < 300 || status > 399 || location === undefined) return opening;
    if (hops >= HOPS) return { failed: "too many redirects" };
    const next = redirectTo(location, url, hosts);
    if (next === null) {
      const there = URL.canParse(location) ? new URL(location).host : "nowhere";
      yield [
        notice(
          "warning",
          `${host}: it sends its stream to ${there}, which its instance does not name; ` +
            `the token is not sent there`,
        ),
      ];
      return { failed: `redirected to ${there}`, elsewhere: there };
    }
    url = next;
  }
}
