/**
 * The SQL of the views, in one dialect that both engines run.
 *
 * @module
 */
import { DELETION_COLUMNS, TOOT_COLUMNS } from "../../record/record.ts";
import {
  COMPACTED_COLUMNS,
  CREATED_TZ,
  type Files,
  FROM_INSTANCE,
  KEPT_DELETION_COLUMNS,
  KEY,
  LATEST_FIRST,
  readAlikeRows,
  readRows,
  SIGHTING,
} from "../truth/source-sql.ts";
import { quote } from "../engine/sql.ts";

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

/** The columns of the views: the original's first, in its order. */
const COLUMNS: readonly string[] = [
  ...["m_id", "created_at", "created_tz", "app", "url", "from_instance", "base_url", "language"],
  ...["favourites", "username", "bot", "tags", "characters", "words", "mastodon_text"],
  ...TOOT_COLUMNS.map(({ name }) => name).slice(TOOT_COLUMNS.findIndex((c) => c.name === "uri")),
  "created_at_str",
];

/** The columns, some of them made by an expression; times as TIMESTAMP in UTC. */
function project(made: Readonly<Record<string, string>>): string {
  const times = ["posted_at", "observed_at", "edited_at"];
  const all: Record<string, string> = {
    ...Object.fromEntries(times.map((name) => [name, `${name}::TIMESTAMP`])),
    ...made,
  };
  return [
    ...COLUMNS.map((name) => all[name] ? `${all[name]} as ${name}` : name),
    "filename as file",
    "file_row_number as file_row",
  ].join(",\n  ");
}

/**
 * The records of raw files, each with its place. A `table` reads them once, now;
 * `alike` where all files have all columns.
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
  ${project({ created_tz: CREATED_TZ, from_instance: FROM_INSTANCE })}
from (
  ${rows(TOOT_COLUMNS, files, most)}
);`;
}

/** The toots of compacted days, each with its place and the ids it has elsewhere. */
export function compactedSql(urls: readonly string[], most?: number, name = "compacted"): string {
  return `create view lake.${name} as
select
  ${project({})},
  also_at
from (
  ${readRows(COMPACTED_COLUMNS, urls, most)}
);`;
}

/**
 * What servers said is gone; `fresh` where compaction has not applied it yet, `alike`
 * where all the fresh files have all columns.
 */
export function deletionSql(
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

/** Toots that are gone: deleted by any of the servers that showed them. */
export function goneSql(compacted: boolean): string {
  return `create table lake.gone as
select ${KEY} as key, created_tz
from lake.record
where ${SIGHTING} in (select id from lake.deletion)
  or md5(${KEY}) in (select key_hash from lake.deletion where key_hash is not null)${
    compacted
      ? `
union
select key, created_tz
from (
  select ${KEY} as key, created_tz, ${SIGHTING} as id from lake.compacted
  union all
  select ${KEY} as key, created_tz, unnest(also_at) as id from lake.compacted
)
where id in (select id from lake.deletion where fresh)`
      : ""
  };`;
}

/** The same where nobody has said that anything is gone. */
export const NONE_GONE = `create table lake.gone as
select null::VARCHAR as key, null::TIMESTAMP as created_tz
where false;`;

/**
 * Places of the records that do not count: older, seen elsewhere too, or deleted.
 * Compacted toots are looked at only on the days that \`lake.same_days\` shows.
 */
export function droppedSql(compacted: boolean): string {
  const columns = `file, file_row, edited_at, app, observed_at, base_url, status_id, ${KEY} as key`;
  return `create table lake.dropped as
select file, file_row, compacted
from (
  select *, row_number() over (partition by key order by ${LATEST_FIRST}) as place
  from (
    select ${columns}, false as compacted from lake.record${
    compacted
      ? `
    union all
    select ${columns}, true as compacted from lake.same_days
    where ${KEY} in (select ${KEY} from lake.record union all select key from lake.gone)`
      : ""
  }
  )
)
where (place > 1 and key is not null) or key in (select key from lake.gone);`;
}

/** What the two views are made of. */
export interface Parts {
  /** There are raw files; some of their records do not count. */
  readonly raw: { readonly dropped: boolean } | null;
  /** There are compacted days; some of their toots do not count any more. */
  readonly compacted: { readonly dropped: boolean } | null;
}

/** Every record that the lake holds, as the original's `mastodon_toot_raw`. */
export function tootRawSql({ raw, compacted }: Parts): string {
  const parts = [];
  if (compacted) parts.push("select * exclude (file, file_row, also_at) from lake.compacted");
  if (raw || !compacted) parts.push("select * exclude (file, file_row) from lake.record");
  return `create or replace view mastodon_toot_raw as
${parts.join("\nunion all\n")};`;
}

/** One row a toot: the latest, and none that was deleted. */
export function tootSql({ raw, compacted }: Parts): string {
  const part = (from: string, dropped: boolean, more: string) =>
    `  select * exclude (file, file_row${more}) from lake.${from} as ${from}${
      dropped
        ? `
  where not exists (
    from lake.dropped
    where dropped.file = ${from}.file and dropped.file_row = ${from}.file_row
  )`
        : ""
    }`;
  const parts = [];
  if (compacted) parts.push(part("compacted", compacted.dropped, ", also_at"));
  if (raw || !compacted) parts.push(part("record", raw?.dropped ?? false, ""));
  return `create or replace view mastodon_toot as
select toot.*, language.language_name
from (
${parts.join("\n  union all\n")}
) as toot
left join language on toot.language = language.lang_iso;`;
}
