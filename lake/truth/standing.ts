/**
 * Decides which record of a post is shown, and which posts are deleted.
 *
 * A server is believed about its own people. A record of the home server is better than any copy,
 * and a delete by the home server removes the post. A delete by another server removes only that
 * server's copy. If all servers that sent the post have deleted it, the post is deleted too.
 *
 * The functions return SQL that both engines run, for views and for compaction. They work on rows
 * with the columns of compacted files ({@linkcode COMPACTED_COLUMNS} of `source-sql.ts`, where
 * `also_at` is null for raw files), and on deletes with the columns `id`, `key_hash` and `fresh`.
 *
 * @module
 */
import { utc } from "../engine/sql.ts";

/** The rows whose records are compared. */
export interface Rows {
  /** A table, a view or a subquery. */
  readonly from: string;
  /** The columns that identify a row. */
  readonly row: string;
}

/** True if the record contains the hash of its address instead of the address. */
export const IS_HASHED = "starts_with(uri, 'hmac-sha256:')";

/**
 * The key that all records of a post share: its address, or the keyed hash of its address. Files of
 * the original project have no `uri`. {@linkcode knownUriSql} matches hashes with addresses.
 */
export const KEY = "coalesce(uri, url, base_url || '/' || m_id)";

/**
 * The key by which records of a post on different days are found. A record with a hash and a record
 * with the address have the same key if the hash was made with the same salt.
 */
export const POST = "coalesce(uri_key, uri, url)";

/** Like {@linkcode KEY}, but a hash becomes the address if another record has both. */
export const KNOWN_KEY = "coalesce(known_uri.address, uri, url, base_url || '/' || m_id)";

/** Joins the table of {@linkcode knownUriSql} to rows. */
export function joinKnownUri(table: string): string {
  return `left join ${table} as known_uri on known_uri.hash = uri and ${IS_HASHED}`;
}

/** The id of a post on one server. In files of the original project, the id is a number. */
export const SIGHTING = "base_url || '|' || coalesce(status_id, m_id::VARCHAR)";

/**
 * True if the record came from the author's home server. Records of earlier versions do not say so.
 * Then the address decides, and a withheld record counts as the home server's.
 */
export const HOME =
  "coalesce(home, withheld is not null or starts_with(coalesce(uri, url), base_url || '/'))";

/**
 * When the post was edited. A time after the observation is not believed. Then the time of the
 * observation is used for a record of the home server, and null for a copy.
 */
const EDITED =
  `case when observed_at is null or edited_at <= observed_at then edited_at when edited_at is not null and ${HOME} then observed_at end`;

/** True for a copy whose edit is later than its observation. */
const EDITED_AHEAD = `coalesce(not ${HOME} and edited_at > observed_at, false)`;

/**
 * The latest time that a stored time can mean. Times of withheld records are cut to the hour, so an
 * hour is added to them. Otherwise a record that has its text would win over a withheld record that
 * came later in the same hour.
 */
const latest = (time: string) =>
  `${utc(time)} + case when withheld is null then interval 0 hour else interval 1 hour end`;

/**
 * The order of a post's records, best first. Records of the home server come before copies. Then
 * these criteria follow: no edit after the observation, the latest edit, an app (only home servers
 * know it, and withheld records do not show it), and the latest observation.
 */
export const BEST_FIRST = `${HOME} desc nulls last, ${EDITED_AHEAD}, ${
  latest(EDITED)
} desc nulls last,
      case when ${HOME} then edited_at end desc nulls last, app is null and withheld is null,
      ${latest("observed_at")} desc nulls last, base_url, status_id`;

/**
 * Creates the table that matches hashes with addresses, with the columns `hash` and `address`. It
 * contains the posts for which some records have only the hash.
 */
export function knownUriSql(table: string, { from }: Pick<Rows, "from">): string {
  return `create or replace table ${table} as
select uri_key as hash, min(uri) as address
from ${from}
where not ${IS_HASHED} and uri_key in (select uri from ${from} where ${IS_HASHED})
group by uri_key;`;
}

/**
 * Creates the table of the deleted ids of `rows`. A row occurs once for each of its deleted ids:
 * its own id and the ids in `also_at`.
 *
 * @param deletion a table with the columns `id`, `key_hash` and `fresh` (true for deletes that no
 * compaction has applied)
 */
export function deletedSightingSql(table: string, rows: Rows, deletion: string): string {
  const columns = `${rows.row}, uri_key, created_tz, base_url, ${HOME} as home,
    (status_id is not null or m_id is not null)::INTEGER
      + coalesce(len(also_at), 0)::INTEGER as sightings`;
  return `create or replace table ${table} as
select sighting.*, deletion.fresh,
  coalesce(home and starts_with(sighting.id, base_url || '|'), false) as by_home
from (
  select ${columns}, true as own, ${SIGHTING} as id from ${rows.from}
  union all
  select ${columns}, false as own, unnest(also_at) as id from ${rows.from}
) as sighting
join (select id, bool_or(fresh) as fresh from ${deletion} group by id) as deletion
  on deletion.id = sighting.id;`;
}

/**
 * Creates the table of rows with deleted ids. It says whether all ids of the row are deleted, and
 * whether the home server deleted the post.
 */
export function deletedRowSql(table: string, sighting: string, { row }: Rows): string {
  return `create or replace table ${table} as
select ${row}, min(created_tz) as created_tz, bool_or(fresh) as fresh,
  bool_or(own) as own_deleted, bool_or(by_home) as by_home,
  count(distinct id) >= min(sightings) as all_deleted
from ${sighting}
group by ${row};`;
}

/** The names of the tables that {@linkcode goneSql} and {@linkcode rankedSql} read. */
export interface Judged {
  /** The table of {@linkcode knownUriSql}. */
  readonly knownUri: string;
  /** The table of {@linkcode deletedRowSql}. */
  readonly deletedRow: string;
  /** The table of {@linkcode goneSql}. */
  readonly gone: string;
}

const on = (row: string, one: string, other: string) =>
  row.split(", ").map((name) => `${one}.${name} = ${other}.${name}`).join(" and ");

/**
 * Creates the table of posts that their home server has deleted, with the column `key`.
 *
 * @param hashes the SQL of the hashed keys of posts that were deleted before:
 * `(select key_hash …)`. If it is null, there are none, and no key is hashed.
 */
export function goneSql(rows: Rows, { knownUri, deletedRow, gone }: Judged, hashes: string | null) {
  const keyed = `select ${KNOWN_KEY} as key, uri_key, ${rows.row}
  from ${rows.from} ${joinKnownUri(knownUri)}`;
  const before = hashes === null ? "" : `
union
select key from (${keyed}) where md5(key) in ${hashes} or md5(uri_key) in ${hashes}`;
  return `create or replace table ${gone} as
select judged.key from (${keyed}) as judged
join ${deletedRow} as deleted on ${on(rows.row, "deleted", "judged")}
where deleted.by_home and key is not null${before};`;
}

/**
 * Selects all rows, each with the key of its post, its rank among the post's records, and whether
 * the post is deleted.
 */
export function rankedSql(rows: Rows, { knownUri, deletedRow, gone }: Judged): string {
  const columns = rows.row.split(", ").map((name) => `judged.${name}`).join(", ");
  return `select ${columns}, judged.key,
  row_number() over (
    partition by judged.key
    order by coalesce(deleted.all_deleted, false), coalesce(deleted.own_deleted, false),
      ${BEST_FIRST}
  ) as place,
  coalesce(deleted.all_deleted, false) or gone.key is not null as gone
from (
  select rows.*, ${KNOWN_KEY} as key from ${rows.from} as rows ${joinKnownUri(knownUri)}
) as judged
left join ${deletedRow} as deleted on ${on(rows.row, "deleted", "judged")}
left join (select distinct key from ${gone}) as gone on gone.key = judged.key`;
}

/** True for the row of {@linkcode rankedSql} that represents its post. */
export const STANDS = "not gone and (place = 1 or key is null)";
