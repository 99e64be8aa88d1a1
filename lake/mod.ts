/**
 * A lake of toots for notebooks and scripts: open it, create the views, and query them.
 *
 * @example
 * ```ts
 * import { createViews, openLake } from "./mod.ts";
 *
 * const lake = await openLake({ location: await Deno.makeTempDir() });
 * await createViews(lake);
 * const rows = await lake.query("select app, count(*) as toots from mastodon_toot group by app");
 * if (rows.length !== 0) throw new Error("an empty lake");
 * await lake.close();
 * ```
 *
 * @module
 */
export { Failure } from "../common/failure.ts";
export { TOOT_TOPIC } from "../record/record.ts";
export type { EngineName, Lake, Row, Value } from "./engine/lake.ts";
export { openLake, type OpenOptions } from "./engine/open.ts";
export { createViews, type ViewOptions, type Views } from "./views/views.ts";
