/**
 * The events of a server, in the order in which they must be handled.
 *
 * @module
 */
import type { Outcome, Transport } from "../../record/record.ts";

/** A status as the server sent it: parsed JSON, unchecked. */
export interface StatusEvent {
  readonly kind: "status";
  readonly transport: Transport;
  readonly status: unknown;
}

/** The server deleted the status with this local id. */
export interface DeleteEvent {
  readonly kind: "delete";
  readonly id: string;
}

/** Something that cannot be read as a status, and becomes a dead letter. */
export interface BadEvent {
  readonly kind: "bad";
  readonly transport: Transport;
  readonly reason: string;
  /** The text as it arrived. */
  readonly raw: string;
}

/** The server's description of itself, unchecked: sent at the start and whenever it changes. */
export interface IdentityEvent {
  readonly kind: "identity";
  /** The domain of its accounts, which may differ from its host; null if it gives none. */
  readonly domain: string | null;
  /** Its software: `mastodon 4.5.0`; null if it gives none. */
  readonly software: string | null;
}

/**
 * A span of time of the timeline, and what is known of it:
 *
 * - `covered`: all that was posted in it has been given as it came;
 * - `filled`: it was not heard, and then read from the timeline;
 * - `lost`: it was not heard, and could not be read;
 * - `counted`: what the server itself counts, for one week.
 */
export interface CoverageEvent {
  readonly kind: "coverage";
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** How it was covered; `activity` for the server's own count. */
  readonly transport: Transport | "activity";
  readonly outcome: Outcome;
  /** Statuses of this span that were received, or counted; null if the number is unknown. */
  readonly statuses: number | null;
  /** Why it was missed: `closed 1006`, `start`; null if it was not missed. */
  readonly cause: string | null;
}

/** Statuses were missed for some time, and perhaps fetched later. */
export interface GapEvent {
  readonly kind: "gap";
  /** Why the connection ended: `closed 1006`, `no frame for 75 s`, `start`. */
  readonly cause: string;
  /**
   * Milliseconds in which nothing was heard: from the last sign of life to when the
   * timeline was read; on start, from where the last run ended, or from as far back
   * as was asked for. Null where that is not known.
   */
  readonly milliseconds: number | null;
  /** How many statuses were fetched for it. */
  readonly filled: number;
  /** The part, in milliseconds, that the server no longer shows; 0 if everything was fetched. */
  readonly lost: number;
}

/** What a person should know: connected, waiting, disabled. */
export interface NoticeEvent {
  readonly kind: "notice";
  readonly level: "info" | "warning";
  readonly message: string;
}

/** Any event of a server. */
export type ServerEvent =
  | StatusEvent
  | DeleteEvent
  | BadEvent
  | IdentityEvent
  | CoverageEvent
  | GapEvent
  | NoticeEvent;
