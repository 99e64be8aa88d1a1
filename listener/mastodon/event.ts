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

/**
 * All up to this status has been told, though the status itself may not have been:
 * where a first start begins, so that a crash before the first record has a line
 * to come back to.
 */
export interface PositionEvent {
  readonly kind: "position";
  readonly id: string;
  /** When that status was posted, milliseconds since 1970; null where unknown. */
  readonly time: number | null;
}

/**
 * The server may have left out statuses after this one, and is asked again soon:
 * until then a checkpoint must not pass it.
 */
export interface DoubtEvent {
  readonly kind: "doubt";
  /** The id; null once the doubt is cleared up. */
  readonly after: string | null;
}

/** A time in which we heard nothing, and what became of it. */
export interface GapEvent {
  readonly kind: "gap";
  /** Why the connection ended: `closed 1006`, `no frame for 75 s`, `start`. */
  readonly cause: string;
  /**
   * Milliseconds in which we heard nothing: from the last sign of life to the next
   * connection; on start, from the status where the last run ended, or from as far
   * back as was asked for. Null where unknown.
   */
  readonly milliseconds: number | null;
  /** Statuses that REST gave for it. */
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
  | PositionEvent
  | DoubtEvent
  | GapEvent
  | CoverageEvent
  | IdentityEvent
  | NoticeEvent;
