/**
 * Decides for each moment of a span whether it was covered, filled or lost.
 *
 * - Covered: the stream was open, or a sweep came in time, and no status is known to be missing.
 * - Filled: nobody listened, or the stream left something out, and the timeline was read later.
 * - Lost: nobody listened, and the timeline does not show that time any more, or could not be read
 *   back that far. While the stream was open, a time is lost only if, in addition, no status came
 *   for so long that the stream may have been dead.
 *
 * @module
 */
import type { GivenStatuses } from "../../given-statuses.ts";
import { canPage, compareIds } from "../../status-id.ts";
import { cut, holds, type Stretch, within } from "./stretch.ts";
import type { Sweep } from "../sweep.ts";
import type { Task } from "./task.ts";

/** A part of a span. */
export interface Judged extends Stretch {
  readonly outcome: "covered" | "filled" | "lost";
  /** True if the stream covered the part; false if a sweep did, or if the part was not covered. */
  readonly heard: boolean;
}

/** Facts that the decision needs beside the sweep. */
export interface Known {
  readonly given: GivenStatuses;
  /** Milliseconds without a status after which a stream no longer counts as alive. */
  readonly longestPause: number;
}

/** A status in the timeline may take this many milliseconds to arrive through the stream. */
export const GRACE = 5_000;
/** A loss of fewer milliseconds is only the pause between two statuses. */
const SHORTEST = 1_000;
const SECOND = 1_000;

/**
 * Returns the time of the newest known status below the lowest id that the sweep saw; null if none.
 */
function newestBelow({ lowest, order }: Sweep, given: GivenStatuses): number | null {
  let newest: number | null = null;
  if (lowest === null) return null;
  for (const [id, entry] of given.entries()) {
    if (entry.deleted || entry.order >= order || !canPage(id)) continue;
    if (compareIds(id, lowest) < 0) newest = Math.max(newest ?? entry.at, entry.at);
  }
  return newest;
}

/** Returns the part of the span that the sweep did not reach; an empty list if it reached all. */
function unread({ sweep, from, until, absence }: Task, given: GivenStatuses): Stretch[] {
  const { over, earliest, since } = sweep;
  if (over === "reached") return [];
  const end = Math.min(earliest ?? until, until);
  if (over !== "end") {
    const begin = from ?? since;
    return begin === null ? [] : within([{ from: begin, until: end }], begin, end);
  }
  // The timeline has ended. If an older status is known, the timeline does not show everything any
  // more, and the time before the earliest status that it shows is lost.
  const line = newestBelow(sweep, given) ?? absence?.line ?? null;
  if (line === null || earliest === null || (since !== null && line < since)) return [];
  const begin = from ?? line;
  return within([{ from: begin, until: end }], begin, end);
}

/**
 * Returns the parts of a stretch in which no status came for so long that the stream may have been
 * dead.
 */
function pauses({ from, until }: Stretch, { given, longestPause }: Known): Stretch[] {
  const times: number[] = [];
  for (const [, { at }] of given.entries()) if (at >= from && at < until) times.push(at);
  return cut({ from, until }, times).filter((gap) => gap.until - gap.from > longestPause);
}

/** Returns the lost parts: the unread part without the stretches in which the stream was alive. */
function lostOf(task: Task, known: Known): Stretch[] {
  return unread(task, known.given).flatMap((part) => {
    const edges = task.heard.flatMap(({ from, until }) => [from, until]);
    return cut(part, edges).flatMap((piece) =>
      holds(task.heard, piece.from) ? pauses(piece, known) : [piece]
    );
  });
}

/** Returns the parts in which the stream was open, but statuses were missing. */
function missedOf(task: Task, { given }: Known): Stretch[] {
  const { heard, until, sweep, confirmed = false } = task;
  const seconds = [...(task.fresh ?? sweep.fresh).keys()].sort((a, b) => a - b);
  return heard.flatMap((stretch): Stretch[] => {
    const open = stretch.until >= until;
    const settled = open && !confirmed ? until - GRACE : stretch.until;
    const missed = seconds.filter((second) =>
      second * SECOND + SECOND > stretch.from && second * SECOND < settled
    );
    if (missed.length === 0) return [];
    const from = Math.max(stretch.from, missed[0]! * SECOND);
    // The stream has ended. It was already failing when it missed a status, so all the time from
    // that status to the end counts as missed.
    if (!open) return [{ from, until: stretch.until }];
    const last = missed.at(-1)! * SECOND + SECOND;
    let next = stretch.until;
    for (const [, { at }] of given.entries()) if (at >= last && at < next) next = at;
    return [{ from, until: Math.max(next, from + 1) }];
  });
}

/** Divides the span into parts, in the order of time, and decides the outcome of each. */
export function judge(task: Task, known: Known): Judged[] {
  const { sweep, until, heard, absence } = task;
  const lost = lostOf(task, known);
  const from = task.from ?? lost[0]?.from ?? sweep.earliest ?? until;
  let missed = missedOf(task, known);
  // True if all missing statuses were posted while the stream was not open, and arrived late.
  const late = task.confirmed && (task.fresh?.size ?? 0) > 0 && missed.length === 0;
  if (late) missed = [{ from, until }];

  const edges = [...lost, ...missed, ...heard].flatMap((stretch) => [stretch.from, stretch.until]);
  const parts: Judged[] = [];
  for (const part of cut({ from, until }, edges)) {
    const isHeard = holds(heard, part.from);
    const outcome = holds(lost, part.from)
      ? "lost"
      : holds(missed, part.from) || (!isHeard && absence !== null)
      ? "filled"
      : "covered";
    const last = parts.at(-1), byListening = isHeard && outcome === "covered";
    if (last?.outcome === outcome && last.heard === byListening) {
      parts[parts.length - 1] = { ...last, until: part.until };
    } else parts.push({ ...part, outcome, heard: byListening });
  }
  return withoutBlinks(parts);
}

/**
 * Replaces the outcome of each loss that is too short with the outcome of the part before it. The
 * first part takes the outcome of the part after it.
 */
function withoutBlinks(parts: readonly Judged[]): Judged[] {
  return parts.map((part, i) => {
    if (part.outcome !== "lost" || part.until - part.from >= SHORTEST) return part;
    const { outcome } = parts[i - 1] ?? parts[i + 1] ?? { outcome: "filled" };
    return { ...part, outcome: outcome === "lost" ? "filled" : outcome };
  });
}
