/**
 * The requests that came, for tests of how polite a client is.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";

/** A request that came. */
export interface LoggedRequest {
  method: string;
  /** Path and query, without the token. */
  path: string;
  userAgent: string | undefined;
  /** True if it carried a token. */
  token: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

const REMEMBERED = 1_000;

/** Adds a request to `log`, which keeps the last thousand. */
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
