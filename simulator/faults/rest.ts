/**
 * Faults of requests and of the server's ports.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** An answer with a wrong HTTP status. */
export interface HttpFault extends Sometimes {
  kind: "http";
  /** The HTTP status: 401, 422, 429, 500, 503 or any other. */
  status: number;
  /**
   * The requests that the fault applies to. `stream` is the upgrade to a WebSocket, and `rest`
   * (default) is the API without the admin routes.
   */
  on?: "rest" | "stream" | "any";
  /** The fault applies only to paths that begin with this text, such as `/api/v1/timelines`. */
  path?: string;
  /**
   * The kind of body. Default: HTML for 502, 503 and 504, as proxies in front of Mastodon send it.
   * For other statuses, JSON, but plain text if the request is an upgrade.
   */
  body?: "json" | "html" | "empty" | "half";
  /**
   * For 429: the milliseconds until `X-RateLimit-Reset`. Default: until the rate limit's window of
   * five minutes ends.
   */
  resetIn?: number;
  /** Seconds, for a `Retry-After` header. */
  retryAfter?: number;
}

/** A fault of requests or ports. */
export type RestFault =
  | HttpFault
  /** Resets the connection of a request instead of answering. */
  | ({ kind: "drop"; path?: string } & Sometimes)
  /** Answers `by` milliseconds late. */
  | ({ kind: "slow"; by: number; path?: string } & Sometimes)
  /**
   * The public timelines are disabled: they answer 200 and are empty. From Mastodon 4.5 on,
   * `/api/v2/instance` says that they are disabled.
   */
  | ({ kind: "disabled" } & Lasting)
  /** Statuses that were posted more than `older` milliseconds ago are missing from timelines. */
  | ({ kind: "hole"; older: number } & Lasting)
  /**
   * The server streams on another port, and the main port redirects to it with 301.
   * `/api/v1/instance` and `/api/v2/instance` name that port, unless `announced` is false.
   */
  | ({ kind: "moved-stream"; announced?: boolean } & Lasting)
  /** The server does not listen at all. Afterwards it listens on the same port again. */
  | ({ kind: "down" } & Lasting);

/** The kinds, each with its required settings. */
export const RESTS: Readonly<Record<RestFault["kind"], readonly string[]>> = {
  "http": ["status"],
  "drop": [],
  "slow": ["by"],
  "disabled": [],
  "hole": ["older"],
  "moved-stream": [],
  "down": [],
};
