/**
 * A status as the memory stores it.
 *
 * @module
 */

/** The outcome of a status: nothing yet, a record, a record with hashed keys, or no record. */
export type Outcome = "pending" | "record" | "hashed" | "left out";

/** A status that was passed on. */
export interface Given {
  readonly id: string;
  /** When it was posted or, if that is earlier, when it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** When it was last edited, as far as known, in milliseconds since 1970; 0 if never. */
  edited: number;
  /**
   * The fingerprint of the latest edition; `NO_FINGERPRINT` if the status was read from the file.
   */
  fingerprint: number;
  outcome: Outcome;
  /** True if the server has deleted it. */
  deleted: boolean;
  /**
   * When the server last confirmed that the status still exists although the timeline did not show
   * it. In whole seconds of the monotonic clock, counted from 1; 0 for never.
   */
  asked: number;
  /** Its number: the count of statuses that came before it. */
  readonly order: number;
  /** The number of the latest sweep that saw it. */
  sweep: number;
  /** True if its outcome or deletion was noted since the last call of `changes()`. */
  changed: boolean;
}
