/**
 * Faults of streams, and of the way in which statuses arrive on a server. Most faults change only
 * what is posted or sent while they are active. `revoked-token` also closes the open sockets.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** A fault of a stream, or of arriving statuses. */
export type StreamFault =
  /**
   * Sockets stay open, but nothing is sent, not even a ping. What is missed meanwhile is not sent
   * later.
   */
  | ({ kind: "silence" } & Lasting)
  /** Pings and deletes are sent. New and edited statuses are not, not even later. */
  | ({ kind: "mute" } & Sometimes)
  /**
   * Statuses, edits and deletes are lost while the stream goes on, as when Redis drops clients.
   */
  | ({ kind: "hiccup" } & Sometimes)
  /**
   * Half of a status's frame is sent, and then the connection ends. With `then: "stall"` it stays
   * open and silent.
   */
  | ({ kind: "half-frame"; then?: "cut" | "stall" } & Sometimes)
  /** Statuses are sent twice. */
  | ({ kind: "duplicate" } & Sometimes)
  /**
   * Statuses of other servers arrive late: after `held` (default 3) further statuses, or `by`
   * milliseconds late. Their ids have the time of posting, so they are lower than the newest id.
   */
  | ({ kind: "late"; held?: number; by?: number } & Sometimes)
  /**
   * The server's own new statuses are deleted as soon as they are posted. Its streams send the
   * delete before the status.
   */
  | ({ kind: "delete-first" } & Sometimes)
  /**
   * New statuses get ids with a time that is this many milliseconds ahead (default five minutes).
   */
  | ({ kind: "ids-ahead"; by?: number } & Sometimes)
  /** The server's clock is this many milliseconds ahead (default five minutes). */
  | ({ kind: "clock-ahead"; by?: number } & Lasting)
  /** The token is not valid any more. Open sockets are closed with 1005, and requests get 401. */
  | ({ kind: "revoked-token" } & Lasting)
  /**
   * The server reads the token of a stream from the query, from the subprotocol, or from `either`
   * (default). A token in the header is refused with 403, as in Pleroma.
   */
  | ({ kind: "token-elsewhere"; from?: "query" | "protocol" | "either" } & Lasting);

/** The kinds, each with its required settings. */
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

/** The default time by which ids and clocks are ahead, in milliseconds. */
export const AHEAD = 300_000;
