/**
 * Decides who may read from a server, and from which parts of a request the server takes the token.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Faults } from "../faults/active.ts";
import { atLeast, type Software } from "../software/software.ts";
import { failureBody } from "./rest/answer.ts";

/** The sender of a request. */
export type Caller = "anonymous" | "known" | "invalid";

/** The answer to a request that may not stream. */
export interface Refusal {
  status: number;
  message: string;
  /** The body of the answer. Default: the message as plain text. */
  body?: { type: string; text: string };
}

/** Checks requests for the token of a server. */
export interface Authorization {
  callerOf(request: IncomingMessage): Caller;
  /** Returns why a request may not stream, or undefined if it may. */
  refusal(request: IncomingMessage): Refusal | undefined;
}

/** Options of {@linkcode createAuthorization}. */
export interface AuthorizationOptions {
  token: string;
  faults: Faults;
  software(): Software;
}

/**
 * Returns the token in each possible place of a request; undefined for a place without a token.
 */
function tokensOf(request: IncomingMessage) {
  return {
    header: request.headers.authorization?.match(/^Bearer\s+(.+)$/i)?.[1],
    protocol: request.headers["sec-websocket-protocol"],
    query: new URL(request.url!, "http://server").searchParams.get("access_token") ?? undefined,
  };
}

/** Creates the check for one token. */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { token, faults, software } = options;
  const callerOf = (request: IncomingMessage): Caller => {
    const { header, protocol, query } = tokensOf(request);
    const given = header ?? protocol ?? query;
    if (!given) return "anonymous";
    return given === token && !faults.find("revoked-token") ? "known" : "invalid";
  };
  return {
    callerOf,
    refusal(request) {
      const { pathname } = new URL(request.url!, "http://server");
      if (!/^\/api\/v1\/streaming\/?$/.test(pathname)) return { status: 404, message: "Not Found" };
      const fault = faults.use("http", ({ on }) => on === "stream" || on === "any");
      if (fault) {
        const refusal = { status: fault.status, message: "An error occurred" };
        return fault.body === "html" || fault.status >= 502
          ? { ...refusal, body: failureBody(fault) }
          : refusal;
      }
      const elsewhere = faults.find("token-elsewhere");
      if (elsewhere) {
        const { protocol, query } = tokensOf(request);
        const { from = "either" } = elsewhere;
        const given = from === "query" ? query : from === "protocol" ? protocol : query ?? protocol;
        if (given === undefined) return { status: 403, message: "Forbidden" };
      }
      const caller = callerOf(request);
      if (caller === "invalid") return { status: 401, message: "Invalid access token" };
      // Since 4.2, Mastodon has no anonymous streams.
      if (caller === "anonymous" && atLeast(software().speaks, 4, 2)) {
        return { status: 401, message: "Missing access token" };
      }
      return undefined;
    },
  };
}
