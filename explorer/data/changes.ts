/**
 * Finds the changes of the lake since the explorer last read it: new files, removed files, and rows
 * of unchanged files whose posts were edited, deleted or withheld.
 *
 * The DuckDB that reads the lake computes the changes in the schema `explorer`. It writes them as
 * Parquet files without names and texts, for the DuckDB that answers the page.
 *
 * @module
 */
import { join } from "node:path";
import type { Lake, Queries } from "../../lake/engine/lake.ts";
import { quote } from "../../lake/engine/sql.ts";
import { AUTHOR_SQL, FIXED, FREE, idSql, MOST_HASHTAGS, MOST_VALUES, PLAIN } from "./columns.ts";

/**
 * The tables that record which rows of the lake the explorer has read, with their columns. Each
 * table is also written as a Parquet file.
 */
export const STATE = {
  /** The files, each with a number `n`. The id of a row contains the number of its file. */
  file: "file VARCHAR, version VARCHAR, n UINTEGER",
  /**
   * Rows that are not shown, because the lake has a better record of the post, or because the post
   * was deleted.
   */
  dropped: "id UBIGINT",
  /** Rows whose author opted out after the row was written. */
  hidden: "id UBIGINT",
  /**
   * The values of the columns of toots: the name of the column, a value, and the number that stands
   * for the value.
   */
  value: "name VARCHAR, value VARCHAR, code USMALLINT",
  /** Columns that get no more values, because they have more than the page distinguishes. */
  closed: "name VARCHAR",
} as const;

/** The names of the tables of {@linkcode STATE}. */
export const STATE_NAMES = Object.keys(STATE) as (keyof typeof STATE)[];

/** The changes of the lake since the explorer last read it. */
export interface Changes {
  /** The path of the Parquet file with the rows to add; null if there are none. */
  readonly added: string | null;
  /** The path of the Parquet file with the ids of rows to remove; null if there are none. */
  readonly removed: string | null;
  /**
   * The removed files, as numbers `n` of the table `file`. The rows of these files are to be
   * removed too.
   */
  readonly goneFiles: readonly number[];
  /** The folder with the Parquet files of the new {@linkcode STATE}. */
  readonly state: string;
}

/** Returns true if nothing has changed. */
export function isNothing({ added, removed, goneFiles }: Changes): boolean {
  return added === null && removed === null && goneFiles.length === 0;
}

/** Returns the path of one table of {@linkcode STATE} in a folder. */
export const stateFile = (folder: string, name: string) => join(folder, `${name}.parquet`);

/** Restores the state from `folder`. Null stands for an empty state. */
export async function startChanges(lake: Lake, folder: string | null): Promise<void> {
  await lake.exec("create schema if not exists explorer");
  for (const name of STATE_NAMES) {
    await lake.exec(`create or replace table explorer.${name} (${STATE[name]})`);
    if (folder !== null) {
      await lake.exec(
        `insert into explorer.${name} from read_parquet(${quote(stateFile(folder, name))})`,
      );
    }
  }
}

/**
 * Finds what has changed since the last {@linkcode acceptChanges}, and writes it and the new state
 * to `folder`.
 */
export function findChanges(lake: Lake, folder: string): Promise<Changes> {
  return lake.transaction(async (queries) => {
    await queries.exec(COMPARE);
    const { fresh, reread, removed } = await counts(queries);
    const gone = await queries.query<{ n: number }>(
      "select n::DOUBLE as n from explorer.file anti join explorer.next_file using (file, version)",
    );
    await queries.exec(await addedViews(queries, fresh, reread));
    await queries.exec(VALUES);
    const write = async (from: string, name: string) => {
      const path = stateFile(folder, name);
      await queries.exec(`copy (${from}) to ${quote(path)} (format parquet)`);
      return path;
    };
    for (const name of STATE_NAMES) {
      await write(
        `select * ${name === "file" ? "exclude (fresh)" : ""} from explorer.next_${name}`,
        name,
      );
    }
    return {
      added: fresh + reread > 0 ? await write(CODED, "added") : null,
      removed: removed > 0 ? await write("from explorer.removed", "removed") : null,
      goneFiles: gone.map(({ n }) => n),
      state: folder,
    };
  });
}

/**
 * A value that no toot has any more: its column `name`, and the number `code` that stood for it.
 */
export interface Unused {
  readonly name: string;
  readonly code: number;
}

/**
 * Writes the SQL that removes unused values from a table. The rows with their numbers stay, so that
 * no new value gets such a number.
 */
export function forgetSql(table: string, unused: readonly Unused[]): string {
  const list = unused.map(({ name, code }) => `(${quote(name)}, ${code})`).join(", ");
  return unused.length === 0
    ? ""
    : `update ${table} set value = null where (name, code) in (${list});`;
}

/**
 * Replaces the current state by the state that the last {@linkcode findChanges} found, without the
 * values in `unused`.
 */
export async function acceptChanges(lake: Lake, unused: readonly Unused[]): Promise<void> {
  await lake.exec(
    forgetSql("explorer.next_value", unused) +
      STATE_NAMES.map((name) =>
        `create or replace table explorer.${name} as
      select * ${name === "file" ? "exclude (fresh)" : ""} from explorer.next_${name};`
      ).join("\n"),
  );
}

/** The query for the ids of new toots whose text contains `$word`, which must be in lower case. */
export const ADDED_WITH_WORD = `select id from explorer.added_text
where withheld is null and contains(lower(mastodon_text), $word)`;

const place = (table: string) => `
select ${idSql("file.n", "file_row")} as id
from lake.${table} join explorer.next_file as file using (file)`;

/** The statements that compare the lake's files and rows with the current state. */
const COMPARE = `
create table if not exists lake.dropped (file VARCHAR, file_row BIGINT);
create table if not exists lake.hidden (file VARCHAR, file_row BIGINT);
create or replace table explorer.next_file as
select file, version, coalesce(
    old.n,
    (select coalesce(max(n), 0) from explorer.file)
      + row_number() over (partition by old.n is null order by file)
  )::UINTEGER as n,
  old.n is null as fresh
from lake.file left join explorer.file as old using (file, version);
create or replace table explorer.next_dropped as ${place("dropped")};
create or replace table explorer.next_hidden as ${place("hidden")};
create or replace table explorer.masked as
with kept as (select n from explorer.next_file where not fresh),
  before as (select id from explorer.hidden where id >> 32 in (from kept)),
  after as (select id from explorer.next_hidden where id >> 32 in (from kept))
(from before except from after) union (from after except from before);
create or replace table explorer.reread as
with kept as (select n from explorer.next_file where not fresh)
(select id from explorer.dropped where id >> 32 in (from kept) union from explorer.masked)
except from explorer.next_dropped;
create or replace table explorer.removed as
(from explorer.next_dropped except from explorer.dropped) union from explorer.masked;`;

async function counts(queries: Queries) {
  const [row] = await queries.query<{ fresh: number; reread: number; removed: number }>(
    `select (select count(*) from explorer.next_file where fresh)::DOUBLE as fresh,
      (select count(*) from explorer.reread)::DOUBLE as reread,
      (select count(*) from explorer.removed)::DOUBLE as removed`,
  );
  return row!;
}

/**
 * Writes the SQL that creates the views of the new rows. In these views, the values of the columns
 * `FREE` and the hashtags are still texts, not numbers. If only some files are new, the SQL names
 * the files to read, so that DuckDB does not open the others.
 */
async function addedViews(queries: Queries, fresh: number, reread: number): Promise<string> {
  const files = async (where: string) =>
    (await queries.query<{ file: string }>(`select file from explorer.next_file where ${where}`))
      .map(({ file }) => quote(file)).join(", ") || "null";
  const [row] = await queries.query<{ all: boolean }>(
    "select coalesce(bool_and(fresh), false) as all from explorer.next_file",
  );
  const named = row!.all ? "" : `where toot.file in (${await files("fresh")})`;
  const parts = [
    `from lake.standing as toot
    join explorer.next_file as place on place.file = toot.file and place.fresh ${named}`,
  ];
  if (reread > 0) {
    parts.push(
      `from lake.standing as toot
      join explorer.next_file as place on place.file = toot.file
      where toot.file in (${await files("n in (select id >> 32 from explorer.reread)")})
        and ${idSql("place.n", "toot.file_row")} in (from explorer.reread)`,
    );
  }
  if (fresh === 0) parts.shift();
  const rows = parts.length === 0
    ? ["from lake.standing as toot, explorer.next_file as place where false"]
    : parts;
  const columns = [
    `${idSql("n", "file_row")} as id`,
    ...Object.entries(PLAIN).map(([name, [type, sql]]) => `(${sql})::${type} as ${name}`),
    `${AUTHOR_SQL} as author`,
    "hashtags",
    ...Object.entries(FIXED).map(([name, { code }]) => `(${code})::UTINYINT as ${name}`),
    ...Object.entries(FREE).map(([name, sql]) => `${sql} as ${name}`),
  ];
  return `
create or replace view explorer.added_row as
${rows.map((from) => `select place.n, toot.* ${from}`).join("\nunion all\n")};
create or replace view explorer.added as
select ${columns.join(", ")}
from explorer.added_row left join language on added_row.language = language.lang_iso;
create or replace view explorer.added_text as
select ${idSql("n", "file_row")} as id, withheld, mastodon_text from explorer.added_row;`;
}

const FREE_NAMES = Object.keys(FREE);

/** The statements that give numbers to new values, the most frequent value first. */
const VALUES = `
create or replace table explorer.candidate as
${
  [
    ...FREE_NAMES.map((name) =>
      `select '${name}' as name, ${name} as value, count(*) as n from explorer.added group by 2`
    ),
    `select 'hashtag' as name, value, count(*) as n
    from (select unnest(hashtags) as value from explorer.added) group by 2`,
  ].join("\nunion all\n")
};
create or replace table explorer.next_value as
with last as (select name, max(code)::BIGINT as code from explorer.value group by name),
numbered as (
  select name, value, coalesce(last.code, 0)
    + row_number() over (partition by name order by n desc, value) as code
  from explorer.candidate left join last using (name)
  where value is not null and name not in (from explorer.closed)
    and not exists (
      from explorer.value as known
      where known.name = candidate.name and known.value = candidate.value
    )
)
select name, value, code::USMALLINT as code from explorer.value
union all
select name, value, code::USMALLINT as code from numbered
where code <= case name when 'hashtag' then ${MOST_HASHTAGS} else ${MOST_VALUES} end;
create or replace table explorer.next_closed as
select name from explorer.closed
union
select candidate.name from explorer.candidate
anti join explorer.next_value as known
  on known.name = candidate.name and known.value = candidate.value
where candidate.value is not null;`;

/** The query for the new rows. In its result, numbers stand for all values except the hashtags. */
const CODED = `select added.* exclude (${FREE_NAMES.join(", ")}),
${FREE_NAMES.map((name) => `coalesce(v_${name}.code, 0)::UTINYINT as ${name}`).join(", ")}
from explorer.added
${
  FREE_NAMES.map((name) =>
    `left join (select value, code from explorer.next_value where name = '${name}') as v_${name}
  on v_${name}.value = added.${name}`
  ).join("\n")
}`;
