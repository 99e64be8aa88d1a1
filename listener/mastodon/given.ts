/**
 * A status that was given, as a sweep remembers it.
 *
 * @module
 */

/** What became of a status: nothing yet, a record, a record under hashed keys, or no record. */
export type Outcome = "pending" | "record" | "hashed" | "left out";

/** A status that was given. */
export interface Given {
  readonly id: string;
  /** When it was posted, milliseconds since 1970, not later than it was given. */
  readonly at: number;
  /** When its newest known edition was made, milliseconds since 1970; 0 if it was never edited. */
  edited: number;
  outcome: Outcome;
  /** The server has deleted it. */
  deleted: boolean;
  /**
   * When the server, asked about it, said last that it is there although the timeline did not
   * show it: whole seconds of the monotonic clock, counted from 1; 0 for never.
   */
  asked: number;
  /** Its number: how many had been given before. */
  readonly order: number;
  /** The number of the latest sweep that saw it: the one that began last. */
  sweep: number;
  /** It was settled or deleted, and `changes()` has not told it yet. */
  changed: boolean;
}
