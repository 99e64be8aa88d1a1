/**
 * What a server tells us, in the order in which it is to be handled.
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

/** The server says that the status with this local id is gone. */
export interface DeleteEvent {
  readonly kind: "delete";
  readonly id: string;
}

/** Something came that cannot be read as a status: kept as a dead letter. */
export interface BadEvent {
  readonly kind: "bad";
  readonly transport: Transport;
  readonly reason: string;
  /** What came, as text. */
  readonly raw: string;
}

/** What the server says of itself, told at the start and whenever it changes. */
export interface IdentityEvent {
  readonly kind: "identity";
  /** The domain of its accounts, which may differ from its host; null where it is not said. */
  readonly domain: string | null;
  /** `Mastodon`, `Pleroma`, …; null where it cannot be told. */
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
  readonly until: number;
  /** How it was covered; `activity` for the server's own count. */
  readonly transport: Transport | "activity";
  readonly outcome: "covered" | "filled" | "lost" | "counted";
  /** Statuses of this span that were given, or counted; null where that is not known. */
  readonly statuses: number | null;
  /** Why it was not heard: `closed 1006`, `start`; null where it was. */
  readonly cause: string | null;
}

/** Statuses were missed for some time, and what became of them. */
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
  /** Statuses that were read for it. */
  readonly filled: number;
  /** The part, in milliseconds, that the server no longer serves; 0 where all was filled. */
  readonly lost: number;
}

/** A span of the timeline, and whether we covered it. */
export interface CoverageEvent {
  readonly kind: "coverage";
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly transport: Transport | "activity";
  readonly outcome: Outcome;
  /** Statuses in the span; null where nobody counted them. */
  readonly statuses: number | null;
  /** Why the span was filled or lost. */
  readonly cause: string | null;
}

/** What the server says of itself; unchecked. */
export interface IdentityEvent {
  readonly kind: "identity";
  /** The domain of its accounts, which may differ from its host; null where it does not say. */
  readonly domain: string | null;
  /** What it runs: `mastodon 4.5.0`; null where it does not say. */
  readonly software: string | null;
}

/** What a person should know: connected, waiting, disabled. */
export interface NoticeEvent {
  readonly kind: "notice";
  readonly level: "info" | "warning";
  readonly message: string;
}

/** Anything a server tells us. */
export type ServerEvent =
  | StatusEvent
  | DeleteEvent
  | BadEvent
  | IdentityEvent
  | CoverageEvent
  | GapEvent
  | CoverageEvent
  | IdentityEvent
  | NoticeEvent;
