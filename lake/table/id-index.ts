/**
 * The index of ids: on which day does a toot with this id, or of this author, lie?
 *
 * A delete names an id, and compacted files are sorted otherwise: without an index,
 * every file would have to be read to find it. The index is a few Parquet files ("runs")
 * of hash and day, sorted by hash, so that a question reads a few row groups of each. A
 * toot keeps its day for ever: an entry stays valid however often files are rewritten.
 * Each compaction adds a run with what is new, and merges runs of similar size, so that
 * there are few of them and a row is written seldom. An entry whose toot is gone does no
 * harm, because its day is then read in vain.
 *
 * @module
 */
import type { Queries } from "../engine/lake.ts";
import { quote, readParquet } from "../engine/sql.ts";
import { SIGHTING } from "../truth/standing.ts";
import type { SideFile } from "./read/lake-table.ts";

/** A run is merged with one that is at most this many times as large. */
const GROWTH = 4;

/** Rows of a row group: what is read to find one id. */
const ROW_GROUP = 8_192;

/** The first 40 bits of the MD5: two of a billion ids share them once in a thousand. */
export function idHash(text: string): string {
  return `(md5_number(${text}) >> 88)::BIGINT`;
}

/** Makes a table of the hashes of ids that are newly deleted. */
export function freshHashesSql(table: string, deletion: string): string {
  return `create or replace table ${table} as
select distinct ${idHash("id")} as hash from ${deletion} where fresh;`;
}

/** The day of a row as a number; null where it does not say when it was posted. */
export const DAY_NUMBER = "date_diff('day', DATE '1970-01-01', created_tz::DATE)::INTEGER";

/** Entries of some rows that have `created_tz`, the record's columns and perhaps `also_at`. */
export function entriesSql(from: string, alsoAt: boolean): string {
  const entry = (id: string) => `select ${idHash(id)} as hash, ${DAY_NUMBER} as day from ${from}`;
  return [
    entry(SIGHTING),
    `${entry("author_key")} where author_key is not null`,
    ...(alsoAt
      ? [`select ${idHash("id")}, day from (
  select unnest(also_at) as id, ${DAY_NUMBER} as day from ${from}
)`]
      : []),
  ].join("\nunion all\n");
}

/** Writes a run: new entries, and those of the runs that it replaces. */
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
 * The runs that a new one of so many rows is merged with: the newest ones, until one is
 * much larger than what was merged so far.
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

/** More hashes than this are joined instead of listed. */
const LISTED = 5_000;

/**
 * The days on which a toot with one of some ids lies.
 *
 * @param runs the files of the index
 * @param table a table with the column `hash`; see {@linkcode idHash}
 */
export async function daysOfHashes(
  { query }: Queries,
  runs: readonly string[],
  table: string,
): Promise<(number | null)[]> {
  const hashes = await query<{ hash: bigint }>(`select hash from ${table} order by hash`);
  if (hashes.length === 0 || runs.length === 0) return [];
  const days = await query<{ day: number | null }>(
    daysOfHashesSql(runs, hashes.map(({ hash }) => hash), table),
  );
  return days.map(({ day }) => day);
}

/** Each hash is looked up in the row groups that may hold it. */
function daysOfHashesSql(
  urls: readonly string[],
  hashes: readonly bigint[],
  table: string,
): string {
  const wanted = hashes.length <= LISTED ? `(${hashes.join(", ")})` : `(select hash from ${table})`;
  return urls.map((url) => `select distinct day from ${readParquet([url])} where hash in ${wanted}`)
    .join("\nunion\n");
}
