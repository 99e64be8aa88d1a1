/**
 * What a sweep that is over says of its span: covered, filled or lost.
 *
 * @module
 */
import type { Transport } from "../../../record/record.ts";
import type { ServerEvent } from "../event.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import { canPage, compareIds } from "../status-id.ts";
import type { Coverage } from "./coverage.ts";
import type { Sweep } from "./sweep.ts";

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

/** A sweep with the span that it was made for. */
export interface Task {
  readonly sweep: Sweep;
  /** Why nothing was heard; null for the usual turn. */
  readonly absence: Absence | null;
  /** The span, milliseconds since 1970; it begins where the last one ended. */
  readonly from: number | null;
  readonly until: number;
  readonly transport: Transport;
  /** The rest of it is not read any more. */
  readonly givenUp?: boolean;
}

/** When the newest status was posted that was given before and is older than all that is shown. */
function newestBelow({ lowest, order }: Sweep, given: GivenStatuses): number | null {
  let newest: number | null = null;
  if (lowest === null) return null;
  for (const [id, entry] of given.entries()) {
    if (entry.deleted || entry.order >= order || !canPage(id)) continue;
    if (compareIds(id, lowest) < 0) newest = Math.max(newest ?? entry.at, entry.at);
  }
  return newest;
}

/** Where a sweep's loss begins, and where it ends; null if nothing is lost. */
function lossOf({ sweep, from, until, absence }: Task, given: GivenStatuses) {
  const { over, earliest, since } = sweep;
  if (over === "reached") return null;
  if (over === "end") {
    // The timeline's end is a loss if something is known to have stood before it.
    const line = newestBelow(sweep, given) ?? absence?.line ?? null;
    if (line === null || earliest === null || (since !== null && line < since)) return null;
    const begin = Math.max(line, from ?? line);
    return earliest - begin > 1_000 ? { from: begin, until: earliest } : null;
  }
  const begin = from ?? since;
  const end = Math.min(earliest ?? until, until);
  return begin !== null && end > begin ? { from: begin, until: end } : null;
}

/**
 * Notes what became of the span of a sweep that is over, or that is given up.
 *
 * @returns the gap, if statuses were missed
 */
export function account(
  task: Task,
  coverage: Coverage,
  given: GivenStatuses,
): ServerEvent[] {
  const { sweep: { fresh, earliest }, absence, until, transport } = task;
  const loss = lossOf(task, given);
  const cause = absence?.cause ?? (loss === null ? null : "the timeline could not be read so fast");
  const from = task.from ?? earliest ?? until;
  if (loss !== null) coverage.note({ ...loss, transport, outcome: "lost", statuses: null, cause });
  coverage.note({
    ...{ from: loss?.until ?? from, until, transport, statuses: fresh },
    ...absence === null ? { outcome: "covered", cause: null } : { outcome: "filled", cause },
  });
  if (cause === null || (fresh === 0 && loss === null)) return [];
  const lost = loss === null ? 0 : loss.until - loss.from;
  const milliseconds = task.from === null ? null : Math.max(0, until - task.from);
  return [{ kind: "gap", cause, milliseconds, filled: fresh, lost }];
}
