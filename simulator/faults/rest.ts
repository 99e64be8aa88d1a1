/**
 * Faults of requests, and of where the server listens.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** An answer with another status than the right one. */
export interface HttpFault extends Sometimes {
  kind: "http";
  /** 401, 422, 429, 500, 503 or any other. */
  status: number;
  /** `stream` for the upgrade to a WebSocket. Default `rest`: the API without the admin routes. */
  on?: "rest" | "stream" | "any";
  /** Only paths that begin with this, such as `/api/v1/timelines`. */
  path?: string;
  /** Default JSON; HTML for 502, 503 and 504, as the proxies in front of Mastodon answer. */
  body?: "json" | "html" | "empty" | "half";
  /** For 429: milliseconds until `X-RateLimit-Reset`. Default: the end of the five minutes. */
  resetIn?: number;
  /** Seconds, for a `Retry-After` header. */
  retryAfter?: number;
}

/** What is done to requests. */
export type RestFault =
  | HttpFault
  /** Resets the connection of a request instead of answering. */
  | ({ kind: "drop"; path?: string } & Sometimes)
  /** Answers `by` milliseconds late. */
  | ({ kind: "slow"; by: number; path?: string } & Sometimes)
  /** The public feeds are disabled: 200 and empty, and the instance says so. */
  | ({ kind: "disabled" } & Lasting)
  /** Serves nothing that was posted more than `older` milliseconds ago. */
  | ({ kind: "hole"; older: number } & Lasting)
  /**
   * Streams from another port, to which the main one redirects with 301. The
   * instance says so, unless `announced` is false.
   */
  | ({ kind: "moved-stream"; announced?: boolean } & Lasting)
  /** Does not listen at all; comes back on the same port. */
  | ({ kind: "down" } & Lasting);

/** The kinds, each with the settings it needs. */
export const RESTS: Readonly<Record<RestFault["kind"], readonly string[]>> = {
  "http": ["status"],
  "drop": [],
  "slow": ["by"],
  "disabled": [],
  "hole": ["older"],
  "moved-stream": [],
  "down": [],
};
