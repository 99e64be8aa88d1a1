/**
 * Finding statuses that were given and are shown no more.
 *
 * @module
 */
import type { GivenStatuses } from "../given-statuses.ts";
import { canPage, compareIds } from "../status-id.ts";
import type { Sweep } from "./sweep.ts";

/**
 * From when on a status has to be shown. A database's replica may lag, so that a
 * status which the stream brought a moment ago is not on the page yet.
 */
export interface Settled {
  /** Statuses with a lower number have to be shown among those that are newer and older. */
  readonly between: number;
  /** Statuses with a lower number have to be shown even as the newest of all. */
  readonly newest: number;
  /** The server is not asked again about what it has answered for since this second. */
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
    // A sweep with a higher number began later, and saw it later.
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
