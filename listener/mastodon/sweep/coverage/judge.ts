/**
 * What can be said of each moment of a span: it was covered, filled or lost.
 *
 * - Covered: somebody listened, or asked in time, and nothing is known to be missing.
 * - Filled: nobody listened, or the stream left something out, and the timeline was read later.
 * - Lost: nobody listened, and the timeline does not show that time any more. Where it cannot
 *   be read although somebody listened, the statuses that came say when the stream lived.
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
  /** It was covered by the stream, and not by a sweep in time. */
  readonly heard: boolean;
}

/** What is known in addition to the sweep. */
export interface Known {
  readonly given: GivenStatuses;
  /** Milliseconds without a status after which a stream no longer counts as alive. */
  readonly longestPause: number;
}

/** A status in the timeline may take this long to arrive through the stream. */
export const GRACE = 5_000;
/** A shorter loss is only the pause between two statuses. */
const SHORTEST = 1_000;
const SECOND = 1_000;

/** When the newest known status that is older than the whole page was posted. */
function newestBelow({ lowest, order }: Sweep, given: GivenStatuses): number | null {
  let newest: number | null = null;
  if (lowest === null) return null;
  for (const [id, entry] of given.entries()) {
    if (entry.deleted || entry.order >= order || !canPage(id)) continue;
    if (compareIds(id, lowest) < 0) newest = Math.max(newest ?? entry.at, entry.at);
  }
  return newest;
}

/** The part of the span that the sweep did not reach. */
function unread({ sweep, from, until, absence }: Task, given: GivenStatuses): Stretch[] {
  const { over, earliest, since } = sweep;
  if (over === "reached") return [];
  const end = Math.min(earliest ?? until, until);
  if (over !== "end") {
    const begin = from ?? since;
    return begin === null ? [] : within([{ from: begin, until: end }], begin, end);
  }
  // The end of the timeline is a loss if older statuses are known.
  const line = newestBelow(sweep, given) ?? absence?.line ?? null;
  if (line === null || earliest === null || (since !== null && line < since)) return [];
  const begin = from ?? line;
  return within([{ from: begin, until: end }], begin, end);
}

/** The parts of a stretch without a status for too long, in which the stream may have been dead. */
function pauses({ from, until }: Stretch, { given, longestPause }: Known): Stretch[] {
  const times: number[] = [];
  for (const [, { at }] of given.entries()) if (at >= from && at < until) times.push(at);
  return cut({ from, until }, times).filter((gap) => gap.until - gap.from > longestPause);
}

/** The unread part without the stretches in which somebody listened. */
function lostOf(task: Task, known: Known): Stretch[] {
  return unread(task, known.given).flatMap((part) => {
    const edges = task.heard.flatMap(({ from, until }) => [from, until]);
    return cut(part, edges).flatMap((piece) =>
      holds(task.heard, piece.from) ? pauses(piece, known) : [piece]
    );
  });
}

/** The parts in which somebody listened and statuses were missing nevertheless. */
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
    // A stream that missed something shortly before its end was already failing.
    if (!open) return [{ from, until: stretch.until }];
    const last = missed.at(-1)! * SECOND + SECOND;
    let next = stretch.until;
    for (const [, { at }] of given.entries()) if (at >= last && at < next) next = at;
    return [{ from, until: Math.max(next, from + 1) }];
  });
}

/** The parts of the span in order; neighbours have different outcomes. */
export function judge(task: Task, known: Known): Judged[] {
  const { sweep, until, heard, absence } = task;
  const lost = lostOf(task, known);
  const from = task.from ?? lost[0]?.from ?? sweep.earliest ?? until;
  let missed = missedOf(task, known);
  // Everything that was missing was posted before the span, and arrived late.
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

/** Merges losses that are too short with the part before or after. */
function withoutBlinks(parts: readonly Judged[]): Judged[] {
  return parts.map((part, i) => {
    if (part.outcome !== "lost" || part.until - part.from >= SHORTEST) return part;
    const { outcome } = parts[i - 1] ?? parts[i + 1] ?? { outcome: "filled" };
    return { ...part, outcome: outcome === "lost" ? "filled" : outcome };
  });
}
