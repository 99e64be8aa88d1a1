/**
 * The SQL of compaction.
 *
 * @module
 */
import { type Column, TOOT_COLUMNS } from "../../record/record.ts";
import {
  COMPACTED_COLUMNS,
  CREATED_TZ,
  FROM_INSTANCE,
  KEPT_DELETION_COLUMNS,
  OPT_OUT_COLUMNS,
  readRows,
} from "../truth/source-sql.ts";
import { hiddenSql, optOutsOf, shownColumns } from "../truth/opt-outs.ts";
import * as truth from "../truth/standing.ts";
import { quote } from "../engine/sql.ts";
import type { Days } from "./read/days.ts";
import { fieldIdsSql, type Schema } from "./iceberg/schema.ts";
import { DAY_NUMBER, freshHashesSql, idHash } from "./index/id-index.ts";

const names = (columns: readonly Column[]) => columns.map(({ name }) => name).join(", ");

/** Returns the SQL of the time at which a day begins. */
export const startOf = (day: number) => `make_timestamp(${day * 86_400_000_000})`;

/** Loads all records of the raw files, each with the name of its file. */
export function loadedSql(urls: readonly string[]): string {
  return `create table loaded as
select ${names(TOOT_COLUMNS)},
  ${CREATED_TZ} as created_tz,
  ${FROM_INSTANCE} as from_instance,
  null::VARCHAR[] as also_at,
  filename
from (
  ${readRows(TOOT_COLUMNS, urls)}
);`;
}

/**
 * If the loaded records of a post have different days, gives all of them the time of posting of the
 * best record, so that they have the same day and are compared. A copy may state another time than
 * the home server, or a time that is not believed.
 */
export const ONE_DAY_SQL = `create table other_day as
select hash(${truth.POST}) as post from loaded
where ${truth.POST} is not null
group by all
having min(created_tz::DATE) <> max(created_tz::DATE) or count(created_tz) <> count(*);
update loaded set created_tz = best.created_tz
from (
  select ${truth.POST} as post, first(created_tz order by ${truth.BEST_FIRST}) as created_tz
  from loaded where hash(${truth.POST}) in (from other_day)
  group by all
) as best
where ${truth.POST} = best.post;`;

/** Lists the files with a record of the day $before or a later day. */
export const REACHING_SQL = `select filename from loaded
group by filename having max(created_tz) >= $before::TIMESTAMP`;

/** Removes the loaded records of some files. */
export function leaveSql(urls: readonly string[]): string {
  return `delete from loaded where filename in (${urls.map(quote).join(", ")});`;
}

/** Removes the loaded records from before `oldest`, the oldest day that is kept. */
export function dropOldSql(oldest: number): string {
  return `delete from loaded where created_tz < ${startOf(oldest)};`;
}

/** Counts the loaded records of each day. */
export const LOADED_DAYS_SQL = `select ${DAY_NUMBER} as day, count(*)::INTEGER as rows
from loaded group by all`;

/**
 * Creates the table of deletes. Its column `fresh` is true if no earlier compaction has applied the
 * delete. Its column `changed` is true if the compacted deletes lack the delete or its `key_hash`.
 *
 * @param fresh the URLs of raw files of deletes
 */
export function tableDeletionsSql(
  fresh: readonly string[],
  kept: readonly string[],
  oldest: number | null,
): string {
  const part = (urls: readonly string[], isFresh: boolean) =>
    `select base_url, status_id, deleted_at, key_hash, ${isFresh} as fresh
    from (${readRows(KEPT_DELETION_COLUMNS, urls)})`;
  return `create table deletion as
select base_url, status_id, base_url || '|' || status_id as id,
  min(deleted_at) as deleted_at, max(key_hash) as key_hash, bool_and(fresh) as fresh,
  bool_and(fresh) as changed
from (
  ${part(fresh, true)}
  union all
  ${part(kept, false)}
)
${
    oldest === null
      ? ""
      : `where deleted_at >= ${startOf(oldest)}::TIMESTAMPTZ\n`
  }group by base_url, status_id;`;
}

/**
 * Creates the table of authors who opted out, and an empty table of their names. Its column `fresh` is true if no earlier compaction
 * has applied the opt-out.
 */
export function tableOptOutsSql(kept: readonly string[]): string {
  return `create table opt_out as
select author_key, min(reason) as reason, bool_and(fresh) as fresh
from (
  select *, true as fresh from (${optOutsOf("loaded")})
  union all
  select author_key, reason, false as fresh from (${readRows(OPT_OUT_COLUMNS, kept)})
)
group by author_key;
create table opted_out_name (name VARCHAR, reason VARCHAR);`;
}

/**
 * Creates the table of the hashes of new deletes and opt-outs, to look them up in the index of ids.
 */
export const FRESH_HASHES_SQL = `${freshHashesSql("fresh_hash", "deletion")}
insert into fresh_hash
select ${idHash("author_key")} from opt_out where fresh;`;

/**
 * Creates the table with all rows of some days, both the compacted rows and the loaded ones.
 *
 * @param moved true if compacted rows were moved to other days. They are in the tables `moved` and
 * `loaded`.
 */
export function daySql(
  days: Days | null,
  urls: readonly string[],
  oldest: number | null,
  moved: boolean,
): string {
  const posted = days === null
    ? "created_tz is null"
    : `created_tz >= ${startOf(days.from)} and created_tz < ${startOf(days.to + 1)}`;
  return `create or replace table day as
select * from (
  select ${names(COMPACTED_COLUMNS)}, false as compacted
  from loaded
  where ${posted}
  union all
  select ${names(COMPACTED_COLUMNS)}, true as compacted
  from (${readRows(COMPACTED_COLUMNS, urls)})${
    moved ? "\n  anti join moved using (filename, file_row_number)" : ""
  }
)${oldest === null ? "" : `\nwhere created_tz is null or created_tz >= ${startOf(oldest)}`};`;
}

const DAY_ROWS: truth.Rows = { from: "(select *, rowid as row from day)", row: "row" };
const TABLES: truth.Judged = { knownUri: "known_uri", deletedRow: "deleted_row", gone: "gone" };
const STANDING = `(select * from ranked where ${truth.STANDS})`;

/**
 * Decides which rows of the table `day` are kept. `ranked` contains all rows, `standing` the best
 * row of each post that is not deleted, and `hidden` the rows of authors who opted out.
 */
export const JUDGE_SQL: readonly string[] = [
  truth.deletedSightingSql("deleted_sighting", DAY_ROWS, "deletion"),
  truth.deletedRowSql("deleted_row", "deleted_sighting", DAY_ROWS),
  truth.knownUriSql("known_uri", DAY_ROWS),
  truth.goneSql(DAY_ROWS, TABLES, "(select key_hash from deletion where key_hash is not null)"),
  `create or replace table ranked as\n${truth.rankedSql(DAY_ROWS, TABLES)};`,
  // A delete by the home server gets the hash of the post's key, so that the post stays deleted
  // when another server sends it later.
  `update deletion set key_hash = md5(coalesce(uri_key, key)), changed = true
from (
  select sighting.id, min(sighting.uri_key) as uri_key, min(ranked.key) as key
  from deleted_sighting as sighting join ranked using (row)
  where by_home
  group by sighting.id
) as learnt
where learnt.id = deletion.id and deletion.key_hash is null;`,
  hiddenSql("hidden", DAY_ROWS, "opt_out", "opted_out_name"),
  `create or replace table standing as
with shown as (
  select ranked.key, ${truth.SIGHTING} as id
  from day join ranked on day.rowid = ranked.row
  union
  select ranked.key, unnest(also_at) as id from day join ranked on day.rowid = ranked.row
), elsewhere as (
  select key, list(id order by id) filter (where not deleted) as ids
  from (select key, id, id in (select id from deletion) as deleted from shown)
  where key is not null and id is not null
  group by key
  having count(*) > 1
)
select ranked.row,
  nullif([other for other in elsewhere.ids if other <> coalesce(own.id, '')], []) as also_at
from ${STANDING} as ranked
join (select rowid as row, ${truth.SIGHTING} as id from day) as own on own.row = ranked.row
left join elsewhere on elsewhere.key = ranked.key;`,
];

/**
 * Counts all records (`records`), the deleted posts (`gone`), the records of deleted posts
 * (`lost`), and the compacted rows that are replaced, deleted or withheld now (`withdrawn`).
 */
export const COUNT_SQL = `select
  (select count(*) from ranked)::INTEGER as records,
  (select count(distinct key) from ranked where key not in (
    select key from ${STANDING} where key is not null
  ))::INTEGER as gone,
  (select count(*) from ranked where key not in (
    select key from ${STANDING} where key is not null
  ))::INTEGER as lost,
  (select count(*) from day where compacted
    and (rowid not in (select row from standing) or rowid in (select row from hidden)))::INTEGER
    as withdrawn;`;

/** Counts the kept rows of each day. */
export const STANDING_DAYS_SQL = `select ${DAY_NUMBER} as day, count(*)::INTEGER as rows
from day where rowid in (select row from standing) group by all;`;

/** The number of rows in a row group. A query for one language skips groups of other languages. */
const ROW_GROUP = 61_440;

/**
 * The maximum number of bytes of a row group's dictionary. DuckDB's default, 1 MB, is meant for
 * short values.
 */
const DICTIONARY_BYTES = 16 * 2 ** 20;

/**
 * Writes the kept rows of some days, in files of about `bytes` bytes. The rows are sorted by
 * language, so that a query for one language skips the rest. Within a language they are sorted by
 * author, because toots of one author are similar and compress well.
 *
 * @param rows the number of rows to write
 */
export function writeDaySql(
  folder: string,
  days: Days | null,
  rows: number,
  bytes: number,
  schema: Schema,
): string {
  const posted = days === null
    ? ""
    : `where created_tz >= ${startOf(days.from)} and created_tz < ${startOf(days.to + 1)}`;
  return `copy (
  select ${shownColumns(COMPACTED_COLUMNS.map(({ name }) => name), "hidden").join(", ")}
  from (
    select day.* exclude (also_at), standing.also_at, standing.row
    from day join standing on day.rowid = standing.row
    ${posted}
  )
  left join hidden using (row)
  order by language, from_instance, username, created_tz, uri
) to ${quote(folder)} (${dataFileOptions(rows, schema)}, file_size_bytes ${Math.round(bytes)});`;
}

/** Writes the options of `copy` for data files with this number of rows. */
export function dataFileOptions(rows: number, schema: Schema): string {
  // With a dictionary, a text that bots repeat is stored once and compared once. A column whose
  // values are mostly different, such as uri, compresses better without a dictionary.
  const different = Math.ceil(Math.min(rows, ROW_GROUP) / 2);
  return `
  format parquet, compression zstd, compression_level 6, row_group_size ${ROW_GROUP},
  dictionary_size_limit ${different}, string_dictionary_page_size_limit ${DICTIONARY_BYTES},
  return_stats true, field_ids ${fieldIdsSql(schema, COMPACTED_COLUMNS)}`;
}

/** Writes the table of deletes to a file. */
export function writeDeletionsSql(path: string): string {
  return `copy (
  select ${names(KEPT_DELETION_COLUMNS)} from deletion order by base_url, status_id
) to ${quote(path)} (format parquet, compression zstd, return_stats true);`;
}

/** Writes the table of opt-outs to a file. */
export function writeOptOutsSql(path: string): string {
  return `copy (
  select ${names(OPT_OUT_COLUMNS)} from opt_out order by author_key
) to ${quote(path)} (format parquet, compression zstd, return_stats true);`;
}
