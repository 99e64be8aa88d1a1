/**
 * Finds statuses that arrived before, but that the timeline no longer shows.
 *
 * @module
 */
import type { Given } from "../given.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import { canPage, compareIds } from "../status-id.ts";
import type { Sweep } from "./sweep.ts";

/**
 * The limits that decide which statuses a page must show. A replica of the server's database may
 * lag, so a page may lack a status that the stream has just brought.
 */
export interface Settled {
  /**
   * Between newer and older statuses, the timeline must show all statuses with an `order` lower
   * than this.
   */
  readonly between: number;
  /** At its top, the timeline must show all statuses with an `order` lower than this. */
  readonly newest: number;
  /**
   * A status is not checked again if the server confirmed it after this second of the monotonic
   * clock.
   */
  readonly asked: number;
}

/** The fields of a sweep that show what the sweep has seen so far. */
export type Seen = Pick<Sweep, "number" | "lowest" | "highest" | "earliest" | "over" | "gap">;

/**
 * Returns the ids of statuses that a sweep should have seen and has not seen, roughly in the order
 * of their arrival. Unless the sweep has read to the end of the timeline, only statuses newer than
 * the oldest one that it has seen count as missing.
 *
 * @param below only statuses up to this id are checked, because the newer ones were checked before;
 * null for all
 */
export function missingFrom(
  given: GivenStatuses,
  { number, lowest, highest, earliest, over, gap }: Seen,
  settled: Settled,
  below: string | null = null,
): string[] {
  /**
   * Returns true if the sweep has read the place where the timeline would show the status. The id
   * decides that or, if the id cannot be a cursor, the time of the status.
   */
  function passed(id: string, { at, order }: Given): boolean {
    if (!canPage(id)) return over === "end" || (earliest !== null && at > earliest);
    if (over !== "end" && (lowest === null || compareIds(id, lowest) <= 0)) return false;
    if (below !== null && compareIds(id, below) > 0) return false;
    if (gap !== null && compareIds(id, gap.from) >= 0 && compareIds(id, gap.until) < 0) {
      return false;
    }
    return order < settled.newest || (highest !== null && compareIds(id, highest) <= 0);
  }

  const missing: string[] = [];
  for (const [id, status] of given.entries()) {
    const { sweep, order, deleted, asked, outcome } = status;
    // Skips a status that this sweep or a later one has seen, that is too new, or that is deleted.
    if (sweep >= number || order >= settled.between || deleted) continue;
    if (asked > 0 && asked > settled.asked) continue;
    if (outcome !== "left out" && passed(id, status)) missing.push(id);
  }
  return missing;
}
