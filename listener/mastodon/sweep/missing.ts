/**
 * Finds statuses that arrived before and are no longer shown.
 *
 * @module
 */
import type { Given } from "../given.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import { canPage, compareIds } from "../status-id.ts";
import type { Sweep } from "./sweep.ts";

/**
 * Which statuses must be shown. A database's replica may lag, so that a page lacks a status
 * which the stream brought a moment ago.
 */
export interface Settled {
  /** Statuses with a lower number must be shown if the page has newer and older ones. */
  readonly between: number;
  /** Statuses with a lower number must be shown even if they are the newest of all. */
  readonly newest: number;
  /** The server is not asked again about statuses that it answered for after this second. */
  readonly asked: number;
}

/** What a sweep has seen so far. */
export type Seen = Pick<Sweep, "number" | "lowest" | "highest" | "earliest" | "over">;

/**
 * The ids of statuses that a sweep should have seen and has not, the newest last. It may
 * still go on: only what lies between what it has seen is missing then.
 *
 * @param below only those up to this id are looked for, since the newer ones were; null for all
 */
export function missingFrom(
  given: GivenStatuses,
  { number, lowest, highest, earliest, over }: Seen,
  settled: Settled,
  below: string | null = null,
): string[] {
  /** Whether the sweep has passed the place of a status, which its id or else its time tells. */
  function passed(id: string, { at, order }: Given): boolean {
    if (!canPage(id)) return over === "end" || (earliest !== null && at > earliest);
    if (over !== "end" && (lowest === null || compareIds(id, lowest) <= 0)) return false;
    if (below !== null && compareIds(id, below) > 0) return false;
    return order < settled.newest || (highest !== null && compareIds(id, highest) <= 0);
  }

  const missing: string[] = [];
  for (const [id, status] of given.entries()) {
    const { sweep, order, deleted, asked, outcome } = status;
    // A sweep with a higher number began later, and saw it later.
    if (sweep >= number || order >= settled.between || deleted) continue;
    if (asked > 0 && asked > settled.asked) continue;
    if (outcome !== "left out" && passed(id, status)) missing.push(id);
  }
  return missing;
}
