/**
 * Faults that happen to the open sockets of a server, immediately or after a number of further
 * statuses.
 *
 * @module
 */

/** A fault of the open sockets of a server. */
export type SocketFault =
  & (
    /**
     * Closes the sockets with this code (default 1000). 1005 is a close frame without a code, and
     * 1006 an end without a close frame.
     */
    | { kind: "close"; code?: 1000 | 1001 | 1005 | 1006 | 1012; reason?: string }
    /** Cuts the connections with a TCP reset. */
    | { kind: "reset" }
    /** Sends a frame that is not JSON. */
    | { kind: "invalid-json" }
    /** Sends an empty frame, as Pleroma does. */
    | { kind: "empty-frame" }
    /** Sends a frame `{error, status}`, as Mastodon does when it refuses a subscription. */
    | { kind: "error-frame"; error?: string; status?: number }
    /** Sends an event that no client knows. */
    | { kind: "unknown-event"; event?: string }
    /** Sends a frame of exactly this text. */
    | { kind: "frame"; text: string }
    /**
     * Sends invented statuses by this many invented authors (default 100,000). All authors opt out,
     * and half of them have domains of other servers.
     */
    | { kind: "flood"; authors?: number }
    /**
     * Edits this server's copies of other servers' newest posts, `count` of them. The time of the
     * edit is `at` (default: in the year 2099).
     */
    | { kind: "forged-edits"; at?: string }
    /** Deletes this server's copies of other servers' newest posts, `count` of them. */
    | { kind: "forged-deletes" }
  )
  & {
    /**
     * The number of times that the fault happens, or the number of forged edits or deletes. Default
     * 1.
     */
    count?: number;
    /**
     * The fault happens after this many further statuses. Default 0: immediately. Forged edits and
     * deletes always happen immediately.
     */
    after?: number;
  };

/** The kinds, each with its required settings. */
export const SOCKETS: Readonly<Record<SocketFault["kind"], readonly string[]>> = {
  "close": [],
  "reset": [],
  "invalid-json": [],
  "empty-frame": [],
  "error-frame": [],
  "unknown-event": [],
  "frame": ["text"],
  "flood": [],
  "forged-edits": [],
  "forged-deletes": [],
};
