/**
 * A status as the memory stores it.
 *
 * @module
 */

/** The outcome of a status: nothing yet, a record, a record with a hashed id, or no record. */
export type Outcome = "pending" | "record" | "hashed" | "left out";

/** A status that was passed on. */
export interface Given {
  readonly id: string;
  /** The time of posting or of arrival, whichever is earlier, in milliseconds since 1970. */
  readonly at: number;
  /** When the status was last edited, as far as known, in milliseconds since 1970; 0 if never. */
  edited: number;
  /**
   * The fingerprint of the latest edition; `NO_FINGERPRINT` if the status was read from the file.
   */
  fingerprint: number;
  outcome: Outcome;
  /** True if the server has deleted the status. */
  deleted: boolean;
  /**
   * When the server last confirmed that the status still exists although the timeline did not show
   * it. The time is in whole seconds of the monotonic clock plus 1. It is 0 if that never happened,
   * or if the timeline has shown the status since then.
   */
  asked: number;
  /** The number of statuses that the memory took before this one. */
  readonly order: number;
  /** The number of the latest sweep that saw the status; 0 if none did. */
  sweep: number;
  /** True if `outcome` or `deleted` was set since the last call of `changes()` of the memory. */
  changed: boolean;
}
