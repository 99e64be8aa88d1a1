/**
 * Reads the lake's Parquet files in SQL. The result has the record's columns and types, even if a
 * file has others.
 *
 * @module
 */
import { type Column, DELETION_COLUMNS, TOOT_COLUMNS } from "../../record/record.ts";
import { readParquet, utc } from "../engine/sql.ts";

/**
 * The columns of compacted files. `created_tz` and `from_instance` are computed. With the
 * statistics of `created_tz`, a query for a day skips the files of other days. `also_at` contains
 * the toot's ids on other servers (`base_url|status_id`), so that a later delete finds the toot.
 */
export const COMPACTED_COLUMNS: readonly Column[] = [
  ...TOOT_COLUMNS,
  { name: "created_tz", type: "TIMESTAMP" },
  { name: "from_instance", type: "VARCHAR" },
  { name: "also_at", type: "VARCHAR[]" },
];

/**
 * The columns of compacted deletes. A delete by the home server has a hash of the post's key, so
 * that the post stays deleted even if another server shows it later.
 */
export const KEPT_DELETION_COLUMNS: readonly Column[] = [
  ...DELETION_COLUMNS,
  { name: "key_hash", type: "VARCHAR" },
];

/** The columns of compacted opt-outs. */
export const OPT_OUT_COLUMNS: readonly Column[] = [
  { name: "author_key", type: "VARCHAR" },
  { name: "reason", type: "VARCHAR" },
];

/** Files by their URLs, or all files that a pattern matches. */
export type Files = readonly string[] | { readonly pattern: string };

/**
 * Reads all rows of some files. Files may have additional columns, another order of columns, or
 * only the fourteen columns of the original project. The first part of the SQL selects no rows; it
 * gives every column its name and type.
 *
 * @param most the maximum number of files that the SQL names, for SQL that is only shown to people;
 * default: all
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
 * Reads all rows of files with the same columns. DuckDB takes the columns from the first file, so
 * it can begin before it has opened the others. It fails if a file lacks a column.
 *
 * @param most the maximum number of files that the SQL names, for SQL that is only shown to people;
 * default: all
 */
export function readAlikeRows(columns: readonly Column[], files: Files, most?: number): string {
  const typed = columns.map(({ name, type }) => `"${name}"::${type} as "${name}"`).join(", ");
  return `select ${typed}, filename, file_row_number
  from ${readParquet(files, { most, more: ["filename = true", "file_row_number = true"] })}`;
}

/** Times before this are not believed, because microblogging did not exist yet. */
const EARLIEST = "TIMESTAMP '2006-01-01'";

const POSTED = `coalesce(${utc("posted_at")}, epoch_ms(created_at::BIGINT * 1000))`;
const OBSERVED = utc("observed_at");

/**
 * When the toot was posted, in UTC. A time before 2006, or more than a day after the time of
 * observation, is not believed. Then the time of observation is used.
 */
export const CREATED_TZ = `case
    when ${POSTED} >= ${EARLIEST}
      and (coalesce(${OBSERVED}, ${EARLIEST}) <= ${EARLIEST}
        or ${POSTED} <= ${OBSERVED} + interval 1 day)
    then ${POSTED}
    else ${OBSERVED}
  end`;

/**
 * True if other records of the post may have another day of posting: for copies, and for records
 * whose time of posting is not believed. Records of earlier versions count as copies.
 */
export const UNSURE_DAY = `(home is distinct from true or created_tz is distinct from ${POSTED})`;

/** The host of the toot's page, as in the original project. */
export const FROM_INSTANCE =
  "coalesce(nullif(regexp_extract(url, '^https?://([^/]+)', 1), ''), origin)";
