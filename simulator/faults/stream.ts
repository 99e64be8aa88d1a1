/**
 * Faults of the streams to come, and of how statuses arrive on a server.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** What is done to the statuses and sockets to come. */
export type StreamFault =
  /** Sockets stay open and nothing is sent, not even a ping. What is posted is lost to them. */
  | ({ kind: "silence" } & Lasting)
  /** Pings are sent, statuses are not. What is posted is lost to the stream. */
  | ({ kind: "mute" } & Sometimes)
  /** Updates, edits and deletes get lost while the stream goes on, as when Redis drops clients. */
  | ({ kind: "hiccup" } & Sometimes)
  /** Half of a status's frame, and then the end; with `then: "stall"` nothing more. */
  | ({ kind: "half-frame"; then?: "cut" | "stall" } & Sometimes)
  /** Statuses are sent twice. */
  | ({ kind: "duplicate" } & Sometimes)
  /**
   * Statuses of other servers arrive late, under an id of the time they were posted,
   * which is older than the newest: after `held` (default 3) further statuses, or
   * `by` milliseconds late.
   */
  | ({ kind: "late"; held?: number; by?: number } & Sometimes)
  /** The server's own new statuses are deleted at once, and the delete is sent first. */
  | ({ kind: "delete-first" } & Sometimes)
  /** New statuses get ids of a time this many milliseconds ahead (default five minutes). */
  | ({ kind: "ids-ahead"; by?: number } & Sometimes)
  /** The server's clock is this many milliseconds ahead (default five minutes). */
  | ({ kind: "clock-ahead"; by?: number } & Lasting)
  /** The token is not valid any more: open sockets close with 1005, requests answer 401. */
  | ({ kind: "revoked-token" } & Lasting)
  /**
   * The socket takes the token from the query, from the subprotocol or from `either`
   * (default), and refuses it in the header with 403, as Pleroma does.
   */
  | ({ kind: "token-elsewhere"; from?: "query" | "protocol" | "either" } & Lasting);

/** The kinds, each with the settings it needs. */
export const STREAMS: Readonly<Record<StreamFault["kind"], readonly string[]>> = {
  "silence": [],
  "mute": [],
  "hiccup": [],
  "half-frame": [],
  "duplicate": [],
  "late": [],
  "delete-first": [],
  "ids-ahead": [],
  "clock-ahead": [],
  "revoked-token": [],
  "token-elsewhere": [],
};

/** How far ids and clocks run ahead where the fault does not say, milliseconds. */
export const AHEAD = 300_000;
