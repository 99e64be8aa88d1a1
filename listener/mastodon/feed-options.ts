/**
 * Options and effects of a feed.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import type { GivenFile } from "./given-file.ts";
import { type OpenSocket, openSocket } from "./stream/socket.ts";

/** The position at which the last run ended. */
export interface Resume {
  /** The id of the newest status that is durable; null if it is unknown. */
  readonly id: string | null;
  /** When that status was posted, in milliseconds since 1970; null if unknown. */
  readonly time: number | null;
  /**
   * The time until which the last run covered the timeline, in milliseconds since 1970; null if
   * unknown.
   */
  readonly coveredUntil: number | null;
}

/** The server to listen to, and the settings of its feed. */
export interface FeedOptions {
  /** `https://mastodon.social`: scheme, host and port, nothing else. */
  readonly baseURL: string;
  /** An access token of a user of this server. Without one the timeline is polled. */
  readonly token: string | null;
  /** True for the federated timeline, false for the local one. */
  readonly federated: boolean;
  /** The position at which the last run ended; null (default) on the first start. */
  readonly resume?: Resume | null;
  /** The memory of statuses, which outlives a run. Default: a memory that ends with the feed. */
  readonly memory?: Pick<GivenFile, "given" | "begin">;
  /**
   * How far back the first run reads: a number of milliseconds, or `all` for the whole timeline.
   * Default: 0, which reads new statuses only.
   */
  readonly since?: number | "all";
  /**
   * Seconds without a status after which the stream counts as dead. Null (default): a multiple of
   * the usual gap between two statuses.
   */
  readonly watchdog?: number | null;
  /** A contact URL for the server's administrators, sent in the User-Agent; null for none. */
  readonly contact: string | null;
  /**
   * If the buffer of the stream is full and nobody reads the feed for this many milliseconds, the
   * stream is closed. Default 60,000.
   */
  readonly stallAfter?: number;
  /** The feed ends when this signal is aborted. */
  readonly signal: AbortSignal;
}

/** External effects that tests replace. */
export interface FeedDeps {
  readonly clock: Clock;
  /** Returns a random number from 0 to below 1, for the jitter. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: OpenSocket;
}

/** The real effects, which tests replace. */
export const realWorld: FeedDeps = {
  clock: systemClock,
  random: Math.random,
  fetch: (url, init) => fetch(url, init),
  openSocket,
};
