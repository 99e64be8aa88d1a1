/**
 * What a feed is told, and what it works with.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import type { GivenFile } from "./given-file.ts";
import { type OpenSocket, openSocket } from "./stream/socket.ts";

/** Where the last run ended. */
export interface Resume {
  /** The id of the newest status that is durable; null where it is not known. */
  readonly id: string | null;
  /** When that was posted, milliseconds since 1970; null where it is not known. */
  readonly time: number | null;
  /** Until when the last run covered the timeline, milliseconds since 1970; null where unknown. */
  readonly coveredUntil: number | null;
}

/** Which server to listen to, and how. */
export interface FeedOptions {
  /** `https://mastodon.social`: scheme, host and port, nothing else. */
  readonly baseURL: string;
  /** An access token of a user there; without one the timeline is polled. */
  readonly token: string | null;
  /** The federated timeline instead of the local one. */
  readonly federated: boolean;
  /** Where the last run ended; null (default) on the first start. */
  readonly resume?: Resume | null;
  /** What was given before. Default: a memory that ends with the feed. */
  readonly memory?: Pick<GivenFile, "given" | "begin">;
  /** How far back the first start goes, in milliseconds; 0 (default) for from now on. */
  readonly since?: number | "all";
  /**
   * Seconds without a status until the stream is taken for dead. Null (default):
   * many times the usual gap between two statuses.
   */
  readonly watchdog?: number | null;
  /** Where people who run the server can reach us: a URL, for the User-Agent; null for nowhere. */
  readonly contact: string | null;
  /** Milliseconds for which nobody has to pull before the stream is let go. Default 60,000. */
  readonly stallAfter?: number;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

/** The world outside, replaced in tests. */
export interface FeedDeps {
  readonly clock: Clock;
  /** At least 0 and below 1, for the jitter. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: OpenSocket;
}

/** The real world. */
export const realWorld: FeedDeps = {
  clock: systemClock,
  random: Math.random,
  fetch: (url, init) => fetch(url, init),
  openSocket,
};
