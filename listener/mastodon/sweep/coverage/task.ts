/**
 * A sweep and its span of time.
 *
 * @module
 */
import type { Transport } from "../../../../record/record.ts";
import type { Stretch } from "./stretch.ts";
import type { Sweep } from "../sweep.ts";

/** A time in which neither a stream nor timely polls brought the new statuses. */
export interface Absence {
  /** The cause, such as `closed 1006`; `start` if no listener was running. */
  readonly cause: string;
  /** When the absence began, in milliseconds since 1970; null if it has no known beginning. */
  readonly from: number | null;
  /**
   * The time of the last status before the absence, in milliseconds since 1970; null if unknown.
   */
  readonly line?: number | null;
  /** True if the stream was open, but counted as dead because no frame or no status arrived. */
  readonly quiet?: boolean;
}

/** A sweep, the span of time that it covers, and what the stream brought in that span. */
export interface Task {
  readonly sweep: Sweep;
  /**
   * The start of the span, in milliseconds since 1970: the end of the previous span. Null for no
   * limit.
   */
  readonly from: number | null;
  readonly until: number;
  /**
   * The parts of the span, in order, in which the stream was open or the last run was listening.
   */
  readonly heard: readonly Stretch[];
  /** How the parts in `heard` were covered. */
  readonly heardBy: Transport;
  /** The number of statuses that the stream brought since the last sweep; null if unknown. */
  readonly count: number | null;
  /** Why nobody listened in the rest of the span; null if the sweep itself came in time. */
  readonly absence: Absence | null;
  /**
   * The number of new statuses for each second in which some were posted. Default: `sweep.fresh`.
   */
  readonly fresh?: ReadonlyMap<number, number>;
  /**
   * True if the stream got five more seconds to bring the statuses that it had missed. `fresh` then
   * counts only those that it still has not brought.
   */
  readonly confirmed?: boolean;
  /** True if the rest of the sweep will not be read. */
  readonly givenUp?: boolean;
}
