/**
 * Queries that outlive a compaction: where one has taken away a file that a view
 * reads, the view is made again and the query asked once more. Its answer comes
 * whole, so nobody sees half of either.
 *
 * @module
 */
import { isGone } from "./duckdb-failure.ts";
import type { Lake, Row, Value } from "./lake.ts";

const REFRESH = new WeakMap<Lake, () => Promise<unknown>>();

/** Says how to make the views of a lake again; null where they are just being made. */
export function onGone(lake: Lake, refresh: (() => Promise<unknown>) | null): void {
  if (refresh === null) REFRESH.delete(lake);
  else REFRESH.set(lake, refresh);
}

/** Lets the queries of a lake ask again after {@linkcode onGone}. */
export function refreshing(engine: Lake): Lake {
  const lake: Lake = {
    ...engine,
    async query<R = Row>(sql: string, params?: Record<string, Value>): Promise<R[]> {
      try {
        return await engine.query<R>(sql, params);
      } catch (error) {
        const refresh = REFRESH.get(lake);
        if (!isGone(error) || refresh === undefined) throw error;
        await refresh();
        return await engine.query<R>(sql, params);
      }
    },
  };
  return lake;
}
