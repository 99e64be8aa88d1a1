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
 * Compacted deletes. One by the home server knows the post that it removed, by a hash
 * of its key: so the post stays away when another server shows it late.
 */
export const KEPT_DELETION_COLUMNS: readonly Column[] = [
  ...DELETION_COLUMNS,
  { name: "key_hash", type: "VARCHAR" },
];

/** Authors who opted out, as compaction keeps them. */
export const OPT_OUT_COLUMNS: readonly Column[] = [
  { name: "author_key", type: "VARCHAR" },
  { name: "reason", type: "VARCHAR" },
];

/** Files by their names, or all that a pattern matches. */
export type Files = readonly string[] | { readonly pattern: string };

/**
 * All rows of some files. Files may have more columns, or these in another order, or
 * only the original project's fourteen: the empty first part gives every column its
 * name and type.
 */
export function readRows(columns: readonly Column[], files: Files, most?: number): string {
  const empty = columns.map(({ name, type }) => `null::${type} as "${name}"`).join(", ");
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
  const typed = columns.map(({ name, type }) => `"${name}"::${type} as "${name}"`).join(", ");
  return `select ${typed}, filename, file_row_number
  from ${readParquet(files, { most, more: ["filename = true", "file_row_number = true"] })}`;
}

/** Earlier times are not believed: the fediverse is younger. */
const EARLIEST = "TIMESTAMP '2006-01-01'";

const POSTED = "coalesce(posted_at::TIMESTAMP, epoch_ms(created_at::BIGINT * 1000))";
const OBSERVED = "observed_at::TIMESTAMP";

/**
 * When it was posted, in UTC. A time before 2006, or more than a day after we observed
 * the record, is not believed; then it is the time at which we observed it.
 */
export const CREATED_TZ = `case
    when ${POSTED} >= ${EARLIEST}
      and (coalesce(${OBSERVED}, ${EARLIEST}) <= ${EARLIEST}
        or ${POSTED} <= ${OBSERVED} + interval 1 day)
    then ${POSTED}
    else ${OBSERVED}
  end`;

/** The host of the toot's page, as the original had it. */
export const FROM_INSTANCE =
  "coalesce(nullif(regexp_extract(url, '^https?://([^/]+)', 1), ''), origin)";
