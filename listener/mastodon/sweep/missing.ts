/**
 * Finds statuses that arrived before and are no longer shown.
 *
 * @module
 */
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

/**
 * The ids of statuses that a sweep should have seen and has not, the newest last. It may
 * still go on: only what lies between what it has seen is missing then.
 *
 * @param below only those up to this id are looked for, since the newer ones were; null for all
 */
export function missingFrom(
  given: GivenStatuses,
  { number, lowest, highest, over }: Pick<Sweep, "number" | "lowest" | "highest" | "over">,
  settled: Settled,
  below: string | null = null,
): string[] {
  const missing: string[] = [];
  for (const [id, { sweep, order, deleted, asked, outcome }] of given.entries()) {
    // A sweep with a higher number began later, and saw the status later.
    if (sweep >= number || order >= settled.between || deleted) continue;
    if (asked > 0 && asked > settled.asked) continue;
    if (outcome === "left out" || !canPage(id)) continue;
    if (over !== "end" && (lowest === null || compareIds(id, lowest) <= 0)) continue;
    if (below !== null && compareIds(id, below) > 0) continue;
    if (order >= settled.newest && (highest === null || compareIds(id, highest) > 0)) continue;
    missing.push(id);
  }
  return missing;
}
