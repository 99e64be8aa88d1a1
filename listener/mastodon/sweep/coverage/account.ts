/**
 * Reports how well the span of a sweep was covered.
 *
 * @module
 */
import type { GapEvent } from "../../event.ts";
import type { Coverage, Span } from "./coverage.ts";
import { judge, type Judged, type Known } from "./judge.ts";
import type { Task } from "./task.ts";

/** The cause if statuses were missing although the stream was open. */
const LEFT_OUT = "the stream left out statuses";

/** Returns the number of new statuses that a sweep found. */
export function freshCount(fresh: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const count of fresh.values()) sum += count;
  return sum;
}

/**
 * Counts the statuses of a part of the span: those that the stream brought if the stream covered
 * the part, or else those that the sweep found. Null if the number is unknown.
 *
 * @param alone true if the stream covered no other part of the span
 */
function countOf(task: Task, { from, until, outcome, heard }: Judged, alone: boolean) {
  if (outcome === "lost") return null;
  if (heard) return alone ? task.count : null;
  let sum = 0;
  for (const [second, count] of task.fresh ?? task.sweep.fresh) {
    const at = second * 1_000;
    if (at + 1_000 > from && at < until) sum += count;
  }
  return sum;
}

function spanOf(task: Task, part: Judged, cause: string, alone: boolean): Span {
  const { from, until, outcome, heard } = part;
  const covered = heard ? task.heardBy : "poll";
  return {
    ...{ from, until, outcome, statuses: countOf(task, part, alone) },
    transport: outcome === "covered" ? covered : "backfill",
    cause: outcome === "covered" ? null : cause,
  };
}

/**
 * Adds the span of a sweep to `coverage`, in parts with one outcome each. The sweep must have ended
 * or be given up.
 *
 * @returns the gap, if statuses were missed
 */
export function account(task: Task, coverage: Coverage, known: Known): GapEvent | null {
  const parts = judge(task, known);
  const { sweep, absence, from } = task;
  const unreadable = sweep.over === "end"
    ? "the server shows no more of the timeline"
    : "the timeline could not be read so fast";
  const causeOf = ({ outcome }: Judged) =>
    absence?.cause ?? (outcome === "lost" ? unreadable : LEFT_OUT);
  const heard = parts.filter((part) => part.heard);
  for (const part of parts) coverage.note(spanOf(task, part, causeOf(part), heard.length === 1));

  const missed = parts.filter(({ outcome }) => outcome !== "covered");
  const lost = missed.filter(({ outcome }) => outcome === "lost");
  const filled = freshCount(task.fresh ?? sweep.fresh);
  if (missed.length === 0 || (filled === 0 && lost.length === 0)) return null;
  const length = (some: readonly Judged[]) =>
    some.reduce((sum, { from, until }) => sum + Math.max(0, until - from), 0);
  const cause = causeOf(missed[0]!);
  const milliseconds = from === null ? null : length(missed);
  return { kind: "gap", cause, milliseconds, filled, lost: length(lost) };
}
