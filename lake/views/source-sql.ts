/**
 * The SQL that reads the files of the lake for the views. Both engines can run it.
 *
 * @module
 */
import { DELETION_COLUMNS, TOOT_COLUMNS } from "../../record/record.ts";
import { quote, utc } from "../engine/sql.ts";
import { optOutsOf } from "../truth/opt-outs.ts";
import {
  COMPACTED_COLUMNS,
  CREATED_TZ,
  type Files,
  FROM_INSTANCE,
  KEPT_DELETION_COLUMNS,
  OPT_OUT_COLUMNS,
  readAlikeRows,
  readRows,
} from "../truth/source-sql.ts";
import { KEY } from "../truth/standing.ts";

/**
 * Creates the table of language names. Toots are joined with it by their language code.
 *
 * @param most the maximum number of languages in the SQL, for SQL that is only shown to people;
 * default: all
 */
export function languageTable(languages: readonly (readonly [string, string])[], most?: number) {
  const lines = languages.slice(0, most).map((language) => language.join("="));
  const more = languages.length - lines.length;
  if (more > 0) lines.push(`(and ${more} more)`);
  // DuckDB parses one text ten times as fast as a list of rows.
  return `create or replace table language as
select split_part(line, '=', 1) as lang_iso, split_part(line, '=', 2) as language_name
from (select unnest(string_split(${quote(lines.join("\n"))}, '\n')) as line);`;
}

/**
 * Creates the table of the toot files that the views read. Each has a version, which changes when
 * the file is replaced.
 */
export function fileTable(files: readonly (readonly [string, string])[], most?: number): string {
  const rows = files.slice(0, most).map((file) => `(${file.map(quote).join(", ")})`);
  const more = files.length - rows.length;
  const values = rows.length === 0
    ? "select null, null where false"
    : `values ${rows.join(", ")}${more > 0 ? ` /* and ${more} more */` : ""}`;
  return `create table lake.file as
select file::VARCHAR as file, version::VARCHAR as version from (${values}) as t(file, version);`;
}

/** The columns of the views. Those of the original project come first, in its order. */
export const COLUMNS: readonly string[] = [
  ...["m_id", "created_at", "created_tz", "app", "url", "from_instance", "base_url", "language"],
  ...["favourites", "username", "bot", "tags", "characters", "words", "mastodon_text"],
  ...TOOT_COLUMNS.map(({ name }) => name).slice(TOOT_COLUMNS.findIndex((c) => c.name === "uri")),
  "created_at_str",
];

/** The columns that identify a row of the sources. */
export const PLACE = "file, file_row, compacted";

/**
 * Writes the columns of a `select`: those of `COLUMNS`, and the position of the row. `made`
 * contains the expressions of computed columns. Times become TIMESTAMP in UTC.
 */
function project(made: Readonly<Record<string, string>>): string {
  const times = ["posted_at", "observed_at", "edited_at"];
  const all: Record<string, string> = {
    ...Object.fromEntries(times.map((name) => [name, utc(name)])),
    ...made,
  };
  return [
    ...COLUMNS.map((name) => all[name] ? `${all[name]} as ${name}` : name),
    "filename as file",
    "file_row_number as file_row",
  ].join(",\n  ");
}

/**
 * Creates the table or view of the records of raw files, each with its position. A table reads the
 * files now, and only once. `alike` is true if all files have all columns.
 */
export function recordSql(
  kind: "table" | "view",
  files: Files,
  alike: boolean,
  most?: number,
): string {
  const rows = alike ? readAlikeRows : readRows;
  return `create ${kind} lake.record as
select
  ${project({ created_tz: CREATED_TZ, from_instance: FROM_INSTANCE })},
  null::VARCHAR[] as also_at,
  false as compacted
from (
  ${rows(TOOT_COLUMNS, files, most)}
);`;
}

/**
 * Creates the view of the toots of compacted files, each with its position and its ids on other
 * servers.
 *
 * @param alike true if all files have all columns
 */
export function compactedSql(
  urls: readonly string[],
  alike: boolean,
  most?: number,
  name = "compacted",
): string {
  const rows = alike && urls.length > 0 ? readAlikeRows : readRows;
  return `create view lake.${name} as
select
  ${project({})},
  also_at,
  true as compacted
from (
  ${rows(COMPACTED_COLUMNS, urls, most)}
);`;
}

/**
 * Creates the table of deletes. Its column `fresh` is true if compaction has not applied the delete
 * yet.
 *
 * @param alike true if all fresh files have all columns
 */
export function viewDeletionsSql(
  fresh: Files,
  kept: readonly string[],
  alike: boolean,
  most?: number,
): string {
  const rows = alike ? readAlikeRows : readRows;
  return `create table lake.deletion as
select distinct base_url || '|' || status_id as id, key_hash, fresh
from (
  select base_url, status_id, null as key_hash, true as fresh from (
    ${rows(DELETION_COLUMNS, fresh, most)}
  )
  union all
  select base_url, status_id, key_hash, false as fresh from (
    ${readRows(KEPT_DELETION_COLUMNS, kept, most)}
  )
);`;
}

/**
 * Creates the table of opt-outs. Its column `fresh` is true if compaction has not applied the
 * opt-out yet.
 */
export function viewOptOutsSql(kept: readonly string[], most?: number): string {
  return `create table lake.opt_out as
select author_key, min(reason) as reason, bool_and(fresh) as fresh
from (
  select author_key, reason, true as fresh from (
    ${optOutsOf("lake.record").replaceAll("\n", "\n    ")}
  )
  union all
  select author_key, reason, false as fresh from (
    ${readRows(OPT_OUT_COLUMNS, kept, most)}
  )
)
group by author_key;`;
}

/**
 * Creates the view of records that may belong to the same post as another record. These are the raw
 * records, and those records in `lake.same_days` that have a deleted id, or the same address as a
 * raw record.
 *
 * @param compacted true if `lake.same_days` exists
 */
export function candidateSql(compacted: boolean): string {
  const same = `
union all
select * from lake.same_days
where ${KEY} in (select ${KEY} from lake.record)
  or uri_key in (select uri_key from lake.record)
  or file || ':' || file_row in (select file || ':' || file_row from lake.deleted_row)`;
  return `create view lake.candidate as
select * from lake.record${compacted ? same : ""};`;
}
