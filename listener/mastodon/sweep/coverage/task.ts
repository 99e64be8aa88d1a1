/**
 * A sweep with the span of time that it was made for.
 *
 * @module
 */
import type { Transport } from "../../../../record/record.ts";
import type { Stretch } from "./stretch.ts";
import type { Sweep } from "../sweep.ts";

/** A time in which nothing was heard. */
export interface Absence {
  /** Why: `closed 1006`, `start`. */
  readonly cause: string;
  /** When it began, milliseconds since 1970; null for as far back as there is. */
  readonly from: number | null;
  /** When a status was posted that was there before, milliseconds since 1970; null if unknown. */
  readonly line?: number | null;
  /** The stream was open, and was taken for dead because nothing came. */
  readonly quiet?: boolean;
}

/** What a sweep read, and what was heard of its span as it happened. */
export interface Task {
  readonly sweep: Sweep;
  /** The span, milliseconds since 1970: it begins where the last one ended; null for everything. */
  readonly from: number | null;
  readonly until: number;
  /** The parts of the span in which somebody listened, in order: to an open stream, or the last run. */
  readonly heard: readonly Stretch[];
  /** How the last run or the stream heard them. */
  readonly heardBy: Transport;
  /** Statuses that came through the stream since the last sweep; null if that is not known. */
  readonly count: number | null;
  /** Why nothing was heard in the rest of the span; null if the sweep itself came in time. */
  readonly absence: Absence | null;
  /** New statuses by the second in which they were posted. Default: those of the sweep. */
  readonly fresh?: ReadonlyMap<number, number>;
  /** What the stream had not given was waited for. */
  readonly confirmed?: boolean;
  /** The rest of the sweep is not read any more. */
  readonly givenUp?: boolean;
}
