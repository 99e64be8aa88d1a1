/**
 * The index of ids: finds the days of the toots that have a certain id or author.
 *
 * A delete names an id, but compacted files are not sorted by id. Without an index, every file
 * would have to be read to find the toot. The index consists of a few Parquet files ("runs") of
 * hashes and days, sorted by hash, so that a lookup reads few row groups of each run. The day of a
 * toot does not change when files are rewritten, so an entry stays valid. If a record is moved to
 * another day (`other-days.ts`), it gets another entry. Each compaction adds a run
 * with the new toots and merges runs of similar size. So there are few runs, and each row is
 * rewritten only a few times. If the toot of an entry is deleted, the entry only causes a useless
 * read.
 *
 * @module
 */
import type { Queries } from "../../engine/lake.ts";
import { quote, readParquet } from "../../engine/sql.ts";
import { AT_ORIGIN, IS_NAMED } from "../../truth/opt-outs.ts";
import { SIGHTING } from "../../truth/standing.ts";
import type { SideFile } from "../read/lake-table.ts";

/** New rows are merged with a run that is at most this many times as large. */
const GROWTH = 4;

/** The number of rows in a row group. Finding an id reads at least one row group. */
const ROW_GROUP = 8_192;

/**
 * Writes the hash of an id: the first 40 bits of its MD5. Among a billion ids, about one in a
 * thousand shares its hash with another one.
 */
export function idHash(text: string): string {
  // In the older DuckDB of the wasm engine, half of these numbers are negative.
  return `((md5_number(${text}) >> 88) & ${2 ** 40 - 1})::BIGINT`;
}

/** Creates a table with the hashes of newly deleted ids. */
export function freshHashesSql(table: string, deletion: string): string {
  return `create or replace table ${table} as
select distinct ${idHash("id")} as hash from ${deletion} where fresh;`;
}

/** Writes the text that stands for an author without a key. */
export const nameId = (name: string) => `('name ' || ${name})`;

/** The day of a row as a number; null if the time of posting is unknown. */
export const DAY_NUMBER = "date_diff('day', DATE '1970-01-01', created_tz::DATE)::INTEGER";

/**
 * Selects the index entries of the rows in `from`. `from` has the record's columns and
 * `created_tz`, and also `also_at` if `alsoAt` is true.
 */
export function entriesSql(from: string, alsoAt: boolean): string {
  const entry = (id: string) => `select ${idHash(id)} as hash, ${DAY_NUMBER} as day from ${from}`;
  return [
    entry(SIGHTING),
    `${entry("author_key")} where author_key is not null`,
    `${entry(nameId(AT_ORIGIN))} where author_key is null and ${IS_NAMED}`,
    ...(alsoAt
      ? [`select ${idHash("id")}, day from (
  select unnest(also_at) as id, ${DAY_NUMBER} as day from ${from}
)`]
      : []),
  ].join("\nunion all\n");
}

/** Writes a run with new entries and the entries of the runs `merged`, which it replaces. */
export function writeRunSql(entries: string, merged: readonly string[], path: string): string {
  return `copy (
  select distinct hash, day from (
    ${entries}${merged.map((url) => `\n    union all from ${readParquet([url])}`).join("")}
  ) where hash is not null order by hash, day
) to ${quote(path)} (
  format parquet, parquet_version v2, compression zstd, row_group_size ${ROW_GROUP},
  return_stats true
);`;
}

/**
 * Returns the runs that are merged with a new run of `rows` rows. Starting with the newest, runs
 * are merged until the next one has more than {@linkcode GROWTH} times as many rows as all merged
 * ones together.
 */
export function runsToMerge(runs: readonly SideFile[], rows: number): SideFile[] {
  const merged: SideFile[] = [];
  let size = rows;
  for (const run of [...runs].reverse()) {
    if (run.rows > GROWTH * size) break;
    merged.unshift(run);
    size += run.rows;
  }
  return merged;
}

/**
 * The maximum number of hashes in the text of a query. If there are more, the query reads them from
 * the table.
 */
const LISTED = 5_000;

/**
 * Finds the days of the toots with an id or an author whose hash is in `table`.
 *
 * @param runs the files of the index
 * @param table a table with the column `hash`; see {@linkcode idHash}
 */
export async function daysOfHashes(
  { query }: Queries,
  runs: readonly string[],
  table: string,
): Promise<(number | null)[]> {
  const entries = await matchingSql({ query }, runs.map((url) => readParquet([url])), table);
  if (entries === null) return [];
  const days = await query<{ day: number | null }>(`select distinct day from (${entries})`);
  return days.map(({ day }) => day);
}

/**
 * Writes the SQL that selects the entries whose hash is in `table`. DuckDB reads only the row groups
 * that may contain one of them.
 *
 * @param sources tables or functions that return entries, such as `read_parquet` of a run
 * @returns null if there cannot be any
 */
export async function matchingSql(
  { query }: Pick<Queries, "query">,
  sources: readonly string[],
  table: string,
): Promise<string | null> {
  const hashes = await query<{ hash: bigint }>(`select hash from ${table} limit ${LISTED + 1}`);
  if (hashes.length === 0 || sources.length === 0) return null;
  const wanted = hashes.length <= LISTED
    ? `(${hashes.map(({ hash }) => hash).join(", ")})`
    : `(select hash from ${table})`;
  return sources.map((source) => `select hash, day from ${source} where hash in ${wanted}`)
    .join("\nunion all\n");
}
