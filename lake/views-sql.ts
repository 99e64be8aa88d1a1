/**
 * The SQL of the views, in one dialect that both engines run.
 *
 * @module
 */
import { type Column, DELETION_COLUMNS, TOOT_COLUMNS } from "./record.ts";

/** Parquet files as a source of SQL. */
export interface Source {
  /** Addresses that DuckDB reads: files, or one glob. */
  readonly urls: readonly string[];
}

/** A text in SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts in SQL; with `most`, shortened for people to read. */
export function quoteList(texts: readonly string[], most = Infinity): string {
  if (texts.length <= most) return `[${texts.map(quote).join(", ")}]`;
  const left = texts.length - most;
  return `[${texts.slice(0, most).map(quote).join(", ")}, /* and ${left} more */]`;
}

/** Names of languages, joined by what a status says of itself. */
export function languageTable(languages: readonly (readonly [string, string])[], most?: number) {
  const shown = languages.slice(0, most);
  const more = languages.length - shown.length;
  return `create or replace table language (lang_iso VARCHAR, language_name VARCHAR);
insert into language values
${shown.map(([iso, name]) => `  (${quote(iso)}, ${quote(name)})`).join(",\n")}${
    more > 0 ? `,\n  /* and ${more} more */` : ""
  };`;
}

/**
 * All rows of some files with a record's columns. Files may have other columns,
 * or the record's in another order, or only the original project's fourteen:
 * the empty first part lends every column its name and type.
 */
function rowsOf(columns: readonly Column[], urls: readonly string[], most?: number): string {
  const empty = columns.map(({ name, type }) => `null::${type} as ${name}`).join(", ");
  const typed = `select ${empty}, null::VARCHAR as filename, null::BIGINT as file_row_number
  where false`;
  if (urls.length === 0) return typed;
  return `${typed}
  union all by name
  select * from read_parquet(${quoteList(urls, most)},
    union_by_name = true, filename = true, file_row_number = true)`;
}

/** A record's own columns, times as TIMESTAMP in UTC, then those made from it. */
const DERIVED: Readonly<Record<string, string>> = {
  created_tz: "coalesce(posted_at::TIMESTAMP, epoch_ms(created_at::BIGINT * 1000))",
  from_instance: "coalesce(nullif(regexp_extract(url, '^https?://([^/]+)', 1), ''), origin)",
  posted_at: "posted_at::TIMESTAMP",
  observed_at: "observed_at::TIMESTAMP",
  edited_at: "edited_at::TIMESTAMP",
};

/** The views' columns: the original's first, in its order. */
export const VIEW_COLUMNS: readonly string[] = [
  ...["m_id", "created_at", "created_tz", "app", "url", "from_instance", "base_url", "language"],
  ...["favourites", "username", "bot", "tags", "characters", "words", "mastodon_text"],
  ...TOOT_COLUMNS.map(({ name }) => name).slice(TOOT_COLUMNS.findIndex((c) => c.name === "uri")),
  "created_at_str",
];

/** What makes two records the same toot; files of the original project have no `uri`. */
export const KEY = "coalesce(uri, url, base_url || '/' || m_id)";

/** Raw records, each with its place (file and row). `table` reads them once, now. */
export function recordsSql(kind: "table" | "view", urls: readonly string[], most?: number): string {
  const columns = VIEW_COLUMNS.map((name) => DERIVED[name] ? `${DERIVED[name]} as ${name}` : name)
    .join(",\n  ");
  return `create ${kind} lake.record as
select
  ${columns},
  filename as file, file_row_number as file_row
from (
  ${rowsOf(TOOT_COLUMNS, urls, most)}
);`;
}

/** What servers said is gone. */
export function deletionsSql(urls: readonly string[], most?: number): string {
  return `create table lake.deletion as
select distinct base_url, status_id
from (
  ${rowsOf(DELETION_COLUMNS, urls, most)}
);`;
}

/** Places of the records that do not count: older, seen elsewhere too, or deleted. */
export const DROPPED_SQL = `create table lake.dropped as
with sighting as (
  select file, file_row, edited_at, app, observed_at,
    ${KEY} as key,
    (base_url, coalesce(status_id, m_id::VARCHAR)) in (
      select (base_url, status_id) from lake.deletion
    ) as deleted
  from lake.record
),
ranked as (
  select file, file_row, key,
    row_number() over (
      partition by key
      order by edited_at desc nulls last, app is null, observed_at desc nulls last, file, file_row
    ) as place,
    bool_or(deleted) over (partition by key) as gone
  from sighting
)
select file, file_row from ranked
where gone or (place > 1 and key is not null);`;

/** All records, as the original's \`mastodon_toot_raw\`. */
export const TOOT_RAW_SQL = `create or replace view mastodon_toot_raw as
select * exclude (file, file_row)
from lake.record;`;

/** One row a toot: the latest, and none that was deleted. */
export function tootSql(dropped: boolean): string {
  return `create or replace view mastodon_toot as
select record.* exclude (file, file_row), language.language_name
from lake.record as record
left join language on record.language = language.lang_iso${
    dropped
      ? `
where not exists (
  from lake.dropped
  where dropped.file = record.file and dropped.file_row = record.file_row
)`
      : ""
  };`;
}
