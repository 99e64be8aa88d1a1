/**
 * The log of requests. Tests use it to check how politely a client behaves.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";

/** A received request. */
export interface LoggedRequest {
  method: string;
  /** The path and the query, without the token. */
  path: string;
  userAgent: string | undefined;
  /** True if it contained a token. */
  token: boolean;
  /** When it was received, in milliseconds since 1970. */
  at: number;
}

const REMEMBERED = 1_000;

/** Adds a request to `log`, which contains the last thousand requests. */
export function logRequest(
  log: LoggedRequest[],
  request: IncomingMessage,
  token: boolean,
  at: number,
): void {
  if (log.length >= REMEMBERED) log.shift();
  log.push({
    method: request.method!,
    path: request.url!.replace(/access_token=[^&]*/, "access_token=…"),
    userAgent: request.headers["user-agent"],
    token,
    at,
  });
}
