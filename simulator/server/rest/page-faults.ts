/**
 * Applies faults to a page of a timeline.
 *
 * @module
 */
import type { Faults } from "../../faults/active.ts";
import type { PageQuery } from "../../timeline.ts";
import { hash } from "../../world/hash.ts";

/** Returns the query as a server with these faults understands it. */
export function misreadQuery(query: PageQuery, faults: Faults): PageQuery {
  const short = faults.use("short-pages");
  const limit = short ? Math.min(query.limit, short.most ?? 20) : query.limit;
  const minId = faults.find("min-id");
  if (!minId || !query.minId) return { ...query, limit };
  const sinceId = minId.as === "since" ? query.minId : query.sinceId;
  return { ...query, limit, sinceId, minId: undefined };
}

/** Returns the body of a page with these statuses, as a server with these faults writes it. */
export function pageBody(statuses: readonly string[], faults: Faults, seed: number): string {
  let shown = statuses;
  if (faults.use("unordered-pages")) {
    shown = statuses.map((status, i) => ({ status, at: hash(seed, i, 260) }))
      .sort((a, b) => a.at - b.at).map(({ status }) => status);
  }
  const asObject = faults.use("object-pages");
  // PHP writes an empty list as an array.
  if (!asObject || shown.length === 0) return `[${shown.join(",")}]`;
  const { first = 0, step = 2 } = asObject;
  return `{${shown.map((status, i) => `"${first + i * step}":${status}`).join(",")}}`;
}
