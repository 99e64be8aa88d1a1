/**
 * A status as the sweep remembers it.
 *
 * @module
 */

/** The outcome of a status: nothing yet, a record, a record with hashed keys, or no record. */
export type Outcome = "pending" | "record" | "hashed" | "left out";

/** A status that was passed on. */
export interface Given {
  readonly id: string;
  /** When it was posted, in milliseconds since 1970, but not later than it arrived. */
  readonly at: number;
  /** When its newest known edition was made, milliseconds since 1970; 0 if it was never edited. */
  edited: number;
  outcome: Outcome;
  /** The server deleted it. */
  deleted: boolean;
  /**
   * When the server, asked about it, said last that it is there although the timeline did not
   * show it: whole seconds of the monotonic clock, counted from 1; 0 for never.
   */
  asked: number;
  /** Its number: how many statuses came before it. */
  readonly order: number;
  /** The number of the latest sweep that saw it. */
  sweep: number;
  /** It was settled or deleted, and `changes()` has not returned it yet. */
  changed: boolean;
}
