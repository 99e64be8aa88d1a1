/**
 * Reads the views while a listener may still write to the lake.
 *
 * @module
 */
import { createViews, openLake, type Row as LakeRow } from "../../lake/mod.ts";
import type { Row } from "./compare.ts";

/** Runs a query over the views of a lake. Without a lake it returns no rows. */
export async function queryLake<R extends LakeRow>(location: string, sql: string): Promise<R[]> {
  try {
    await Deno.stat(location);
  } catch {
    return [];
  }
  const lake = await openLake({ location });
  try {
    await createViews(lake);
    return await lake.query<R>(sql);
  } finally {
    await lake.close();
  }
}

/** Returns all toots with their texts. */
export async function tootsOf(location: string): Promise<Row[]> {
  return await queryLake<Row & LakeRow>(location, "select uri, mastodon_text from mastodon_toot");
}
