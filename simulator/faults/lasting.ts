/**
 * How long and how often a fault happens.
 *
 * @module
 */

/** When a fault ends. Without either setting it lasts until it is cleared. */
export interface Lasting {
  /** It ends after it has happened this many times. */
  count?: number;
  /** It ends after this many milliseconds of the servers' clock. */
  ms?: number;
}

/** For faults that happen to single statuses, frames or answers. */
export interface Sometimes extends Lasting {
  /** The share of cases in which it happens, 0 to 1, drawn from the seed. Default 1. */
  share?: number;
}
