/**
 * The lake's Parquet files as SQL: whatever columns a file has, the record's come
 * out, with their types.
 *
 * @module
 */
import { type Column, DELETION_COLUMNS, TOOT_COLUMNS } from "../../record/record.ts";
import { readParquet } from "../engine/sql.ts";

/**
 * What a compacted file has more than a raw one: the view's two columns that are
 * made from others, so that a day's query skips by statistics, and the other
 * servers' ids of the toot (`base_url|status_id`), so that a later delete by one
 * of them still finds it.
 */
export const COMPACTED_COLUMNS: readonly Column[] = [
  ...TOOT_COLUMNS,
  { name: "created_tz", type: "TIMESTAMP" },
  { name: "from_instance", type: "VARCHAR" },
  { name: "also_at", type: "VARCHAR[]" },
];

/**
 * Compacted deletes know the toot that they took away, by a hash of its key: so it
 * stays away when a server that never said so is heard of late.
 */
export const KEPT_DELETION_COLUMNS: readonly Column[] = [
  ...DELETION_COLUMNS,
  { name: "key_hash", type: "VARCHAR" },
];

/** Files by their names, or all that a pattern matches. */
export type Files = readonly string[] | { readonly pattern: string };

/**
 * All rows of some files. Files may have more columns, or these in another order, or
 * only the original project's fourteen: the empty first part gives every column its
 * name and type.
 */
export function readRows(columns: readonly Column[], files: Files, most?: number): string {
  const empty = columns.map(({ name, type }) => `null::${type} as ${name}`).join(", ");
  const typed = `select ${empty}, null::VARCHAR as filename, null::BIGINT as file_row_number
  where false`;
  if (Array.isArray(files) && files.length === 0) return typed;
  const more = ["union_by_name = true", "filename = true", "file_row_number = true"];
  return `${typed}
  union all by name
  select * from ${readParquet(files, { most, more })}`;
}

/**
 * All rows of files that are alike. DuckDB takes the columns from the first one and
 * need not open all of them before it begins; it fails if one lacks a column.
 */
export function readAlikeRows(columns: readonly Column[], files: Files, most?: number): string {
  const typed = columns.map(({ name, type }) => `${name}::${type} as ${name}`).join(", ");
  return `select ${typed}, filename, file_row_number
  from ${readParquet(files, { most, more: ["filename = true", "file_row_number = true"] })}`;
}

/** When it was posted, in UTC. */
export const CREATED_TZ = "coalesce(posted_at::TIMESTAMP, epoch_ms(created_at::BIGINT * 1000))";

/** The host of the toot's page, as the original had it. */
export const FROM_INSTANCE =
  "coalesce(nullif(regexp_extract(url, '^https?://([^/]+)', 1), ''), origin)";

/** What makes two records the same toot; files of the original project have no `uri`. */
export const KEY = "coalesce(uri, url, base_url || '/' || m_id)";

/** One server's sighting of a toot; files of the original project have its id as a number. */
export const SIGHTING = "base_url || '|' || coalesce(status_id, m_id::VARCHAR)";

/**
 * Which of a toot's records stands: the latest edit, then one that tells the app
 * (only the home server does), then the one observed last.
 */
export const LATEST_FIRST =
  "edited_at desc nulls last, app is null, observed_at desc nulls last, base_url, status_id";
