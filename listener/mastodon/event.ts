/**
 * The events of a server. They must be handled in the order in which they come.
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

/** A text that cannot be read as a status and becomes a dead letter. */
export interface BadEvent {
  readonly kind: "bad";
  readonly transport: Transport;
  readonly reason: string;
  /** The text as it arrived. */
  readonly raw: string;
}

/**
 * The server's unchecked description of itself. The event is sent at the start and whenever the
 * description changes.
 */
export interface IdentityEvent {
  readonly kind: "identity";
  /** The domain of the server's accounts, which may differ from its host; null if unknown. */
  readonly domain: string | null;
  /** The software of the server, such as `Mastodon 4.5.0`; null if unknown. */
  readonly software: string | null;
}

/**
 * A span of time of the timeline, and how well it was covered:
 *
 * - `covered`: all statuses of the span were passed on as they arrived;
 * - `filled`: the statuses were missed at first, and read from the timeline later;
 * - `lost`: the statuses were missed, and the timeline does not show them any more, or could not be
 *   read back that far;
 * - `counted`: the span is a week, or the current week until the end of today, and the number of
 *   its statuses is the server's own count.
 */
export interface CoverageEvent {
  readonly kind: "coverage";
  /** The start of the span, in milliseconds since 1970. */
  readonly from: number;
  /** The end of the span, in milliseconds since 1970. */
  readonly until: number;
  /** How the span was covered; `activity` for the server's own count. */
  readonly transport: Transport | "activity";
  readonly outcome: Outcome;
  /** The number of statuses of this span that were received or counted; null if unknown. */
  readonly statuses: number | null;
  /** Why the span was missed, such as `closed 1006` or `start`; null if it was not missed. */
  readonly cause: string | null;
}

/** Statuses were missed for some time. They may have been fetched later. */
export interface GapEvent {
  readonly kind: "gap";
  /**
   * Why statuses were missed, such as `closed 1006`, `no frame for 75 s`, or `start`, which means
   * that no listener was running.
   */
  readonly cause: string;
  /**
   * The total time in milliseconds in which statuses were missed. At the start of a run, that time
   * begins at the end of the last run, or as far back as `--since` says. Null if it has no known
   * beginning.
   */
  readonly milliseconds: number | null;
  /** The number of statuses that were fetched to fill the gap. */
  readonly filled: number;
  /**
   * The milliseconds of the gap whose statuses were not fetched, because the server no longer shows
   * them, or because the timeline could not be read back that far; 0 if everything was fetched.
   */
  readonly lost: number;
}

/** A message for the user, such as: connected, waiting, disabled. */
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
