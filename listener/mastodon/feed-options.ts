/**
 * Options and effects of a feed.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import type { GivenFile } from "./given-file.ts";
import { type OpenSocket, openSocket } from "./stream/socket.ts";

/** Where the last run ended. */
export interface Resume {
  /** The id of the newest status that is durable; null if it is unknown. */
  readonly id: string | null;
  /** When it was posted, in milliseconds since 1970; null if that is unknown. */
  readonly time: number | null;
  /**
   * Until when the last run covered the timeline, in milliseconds since 1970; null if that is
   * unknown.
   */
  readonly coveredUntil: number | null;
}

/** Which server to listen to, and how. */
export interface FeedOptions {
  /** `https://mastodon.social`: scheme, host and port, nothing else. */
  readonly baseURL: string;
  /** An access token of a user there. Without one the timeline is polled. */
  readonly token: string | null;
  /** The federated timeline instead of the local one. */
  readonly federated: boolean;
  /** Where the last run ended; null (default) on the first start. */
  readonly resume?: Resume | null;
  /** The statuses of earlier runs. Default: a memory that ends with the feed. */
  readonly memory?: Pick<GivenFile, "given" | "begin">;
  /**
   * How far back the first start reads, in milliseconds; 0 (default) to start with new
   * statuses.
   */
  readonly since?: number | "all";
  /**
   * Seconds without a status after which the stream counts as dead. Null (default): many times
   * the usual gap between two statuses.
   */
  readonly watchdog?: number | null;
  /** A contact URL for the server's administrators, sent in the User-Agent; null for none. */
  readonly contact: string | null;
  /** Milliseconds without a reader after which the stream is closed. Default 60,000. */
  readonly stallAfter?: number;
  /** Ends the feed. */
  readonly signal: AbortSignal;
}

/** External effects that tests replace. */
export interface FeedDeps {
  readonly clock: Clock;
  /** At least 0 and below 1, for the jitter. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly openSocket: OpenSocket;
}

/** The real effects. */
export const realWorld: FeedDeps = {
  clock: systemClock,
  random: Math.random,
  fetch: (url, init) => fetch(url, init),
  openSocket,
};
