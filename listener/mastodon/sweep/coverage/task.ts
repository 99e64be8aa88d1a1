/**
 * A sweep and its span of time.
 *
 * @module
 */
import type { Transport } from "../../../../record/record.ts";
import type { Stretch } from "./stretch.ts";
import type { Sweep } from "../sweep.ts";

/** A time without a stream. */
export interface Absence {
  /** Why: `closed 1006`, `start`. */
  readonly cause: string;
  /** When it began, in milliseconds since 1970; null for no limit. */
  readonly from: number | null;
  /** When a status from before it was posted, in milliseconds since 1970; null if unknown. */
  readonly line?: number | null;
  /** The stream was open, but counted as dead because nothing arrived. */
  readonly quiet?: boolean;
}

/** The result of a sweep, and what the stream brought in its span. */
export interface Task {
  readonly sweep: Sweep;
  /** The span, milliseconds since 1970: it begins where the last one ended; null for everything. */
  readonly from: number | null;
  readonly until: number;
  /** The parts of the span in which somebody listened, in order: to an open stream, or the last run. */
  readonly heard: readonly Stretch[];
  /** Whether the last run or the stream covered them. */
  readonly heardBy: Transport;
  /** Statuses that came through the stream since the last sweep; null if the number is unknown. */
  readonly count: number | null;
  /** Why there was no stream in the rest of the span; null if the sweep itself was in time. */
  readonly absence: Absence | null;
  /** The numbers of new statuses by the second of their posting. Default: those of the sweep. */
  readonly fresh?: ReadonlyMap<number, number>;
  /** What the stream had not given was waited for. */
  readonly confirmed?: boolean;
  /** The rest of the sweep will not be read. */
  readonly givenUp?: boolean;
}
