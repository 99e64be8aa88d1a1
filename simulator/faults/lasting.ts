/**
 * How long and how often a fault happens.
 *
 * @module
 */

/** The settings that end a fault. Without them, a fault lasts until it is cleared. */
export interface Lasting {
  /** The fault ends after it has happened this many times. */
  count?: number;
  /**
   * The fault ends after this many milliseconds of the servers' clock. For `moved-stream` and
   * `down`, the ports change back after this many milliseconds of real time.
   */
  ms?: number;
}

/** The settings of faults that happen to single statuses, frames or answers. */
export interface Sometimes extends Lasting {
  /**
   * The share of cases in which the fault happens, from 0 to 1. The seed decides which cases.
   * Default 1.
   */
  share?: number;
}
