/**
 * Who may read, and where a server takes the token from.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Faults } from "../faults/active.ts";
import { atLeast, type Software } from "../software/software.ts";
import { failureBody } from "./rest/answer.ts";

/** Who sends a request. */
export type Caller = "anonymous" | "known" | "invalid";

/** Why a request may not stream. */
export interface Refusal {
  status: number;
  message: string;
  /** Default: the message as plain text. */
  body?: { type: string; text: string };
}

/** Knows the token of a server. */
export interface Authorization {
  callerOf(request: IncomingMessage): Caller;
  /** Why a request may not stream, or undefined if it may. */
  refusal(request: IncomingMessage): Refusal | undefined;
}

/** What {@linkcode createAuthorization} needs. */
export interface AuthorizationOptions {
  token: string;
  faults: Faults;
  software(): Software;
}

/** The token of a request by the places it can be in; undefined where it is not. */
function tokensOf(request: IncomingMessage) {
  return {
    header: request.headers.authorization?.match(/^Bearer\s+(.+)$/i)?.[1],
    protocol: request.headers["sec-websocket-protocol"],
    query: new URL(request.url!, "http://server").searchParams.get("access_token") ?? undefined,
  };
}

/** Accepts one token. */
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
      // Anonymous streams ended with 4.2.
      if (caller === "anonymous" && atLeast(software().speaks, 4, 2)) {
        return { status: 401, message: "Missing access token" };
      }
      return undefined;
    },
  };
}
