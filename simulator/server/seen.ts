/**
 * The requests that came, for tests that ask how polite a client is.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { callerOf } from "./api.ts";

/** A request that came. */
export interface SeenRequest {
  method: string;
  /** Path and query, without the token. */
  path: string;
  userAgent: string | undefined;
  /** True where it carried a token. */
  token: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

const REMEMBERED = 1_000;

/** Adds a request to `requests`, of which the last thousand stay. */
export function remember(
  requests: SeenRequest[],
  request: IncomingMessage,
  token: string,
  at: number,
): void {
  if (requests.length >= REMEMBERED) requests.shift();
  requests.push({
    method: request.method!,
    path: request.url!.replace(/access_token=[^&]*/, "access_token=…"),
    userAgent: request.headers["user-agent"],
    token: callerOf(request, token) !== "anonymous",
    at,
  });
}
