/**
 * The tables for the page's statements: `toot` has one row per toot, `toot_tag` has one row per
 * toot and hashtag, and `word` has the toots with a word that somebody has searched for.
 *
 * @module
 */
import type { DuckDBConnection, DuckDBResultReader } from "@duckdb/node-api";
import { quote } from "../../lake/engine/sql.ts";
import { type Changes, forgetSql, STATE, STATE_NAMES, stateFile, type Unused } from "./changes.ts";
import { FREE, LISTED, PLAIN } from "./columns.ts";
import { MOST_SLOTS, type TimeScale, timeScale } from "./time-steps.ts";

const COLUMNS: Readonly<Record<string, string>> = {
  id: "UBIGINT",
  ...Object.fromEntries(Object.entries(PLAIN).map(([name, [type]]) => [name, type])),
  author: "UINTEGER",
  slot: "USMALLINT",
  ...Object.fromEntries(LISTED.map((name) => [name, "UTINYINT"])),
};

/** The columns that `toot_tag` lacks, because the page does not combine them with hashtags. */
const NOT_TAGGED = ["time", "observed", "characters", "withheld", "bot", "author"];

const TAG_COLUMNS = {
  ...Object.fromEntries(Object.entries(COLUMNS).filter(([name]) => !NOT_TAGGED.includes(name))),
  hashtag: "USMALLINT",
};

const typed = (columns: Readonly<Record<string, string>>) =>
  Object.entries(columns).map(([name, type]) => `${name} ${type}`).join(", ");

/**
 * The SQL that creates all tables. If this text changes, tables that an earlier version has kept
 * are not used.
 */
export const CREATE_TABLES = `
create table toot (${typed(COLUMNS)});
create table toot_tag (${typed(TAG_COLUMNS)});
create table word (word VARCHAR, id UBIGINT);
create table author (hash UBIGINT, n UINTEGER, toots UINTEGER);
create table scale (start BIGINT, step BIGINT);
create table saved_snapshot (json VARCHAR);
${STATE_NAMES.map((name) => `create table saved_${name} (${STATE[name]});`).join("\n")}`;

/** Writes the saved state to a folder. */
export async function writeState(connection: DuckDBConnection, folder: string): Promise<void> {
  for (const name of STATE_NAMES) {
    await connection.run(
      `copy saved_${name} to ${quote(stateFile(folder, name))} (format parquet)`,
    );
  }
}

/**
 * Applies changes to the tables, either all or none. If files were removed, for example by a
 * compaction, this also removes the values that no toot has any more, such as the hashtags of an
 * author who opted out.
 *
 * @param most the maximum number of bars of the time chart
 * @returns the removed values; their numbers are not used again
 */
export async function applyChanges(
  connection: DuckDBConnection,
  changes: Changes,
  most: number = MOST_SLOTS,
): Promise<readonly Unused[]> {
  const { added, removed, goneFiles, state } = changes;
  const run = (sql: string) => connection.run(sql);
  await run("begin");
  try {
    await run("delete from saved_snapshot");
    if (goneFiles.length > 0) await remove(run, `id >> 32 in (${goneFiles.join(", ")})`);
    if (removed !== null) await remove(run, `id in (from read_parquet(${quote(removed)}))`);
    for (const name of STATE_NAMES) {
      await run(
        `delete from saved_${name};
        insert into saved_${name} from read_parquet(${quote(stateFile(state, name))})`,
      );
    }
    if (added !== null) await add(connection, `read_parquet(${quote(added)})`, most);
    const unused = goneFiles.length > 0 ? await forgetValues(connection) : [];
    await run("commit");
    return unused;
  } catch (error) {
    await run("rollback").catch(() => {});
    throw error;
  }
}

async function forgetValues(connection: DuckDBConnection): Promise<Unused[]> {
  const unused = [...Object.keys(FREE), "hashtag"].map((name) =>
    `select name, code::INTEGER as code from saved_value
    where name = '${name}' and value is not null
      and code not in (select distinct ${name} from ${name === "hashtag" ? "toot_tag" : "toot"})`
  );
  const reader = await connection.runAndReadAll(unused.join("\nunion all\n"));
  const all = reader.getRowObjectsJS() as unknown as Unused[];
  if (all.length > 0) await connection.run(forgetSql("saved_value", all));
  return all;
}

async function remove(run: (sql: string) => Promise<unknown>, where: string): Promise<void> {
  await run(
    `update author set toots = author.toots - gone.toots
    from (select author as n, count(*) as toots from toot where ${where} group by 1) as gone
    where author.n = gone.n`,
  );
  await run(`delete from word where id in (select id from toot where ${where})`);
  await run(`delete from toot where ${where}`);
  await run(`delete from toot_tag where ${where}`);
}

async function add(connection: DuckDBConnection, source: string, most: number): Promise<void> {
  await connection.run(
    `create or replace temp table new_author as select author as hash, count(*) as toots from ${source}
    where author is not null group by 1`,
  );
  await connection.run(
    `update author set toots = author.toots + more.toots from new_author as more
    where author.hash = more.hash;
    insert into author
    select hash, (select count(*) from author) + row_number() over () as n, toots
    from new_author anti join author using (hash)`,
  );
  const scale = await scaleFor(connection, source, most);
  const row = `select new_row.*, ${slotSql(scale)} as slot from ${source} as new_row`;
  await connection.run(
    `insert into toot by name
    select new_toot.* exclude (hashtags) replace (known.n as author)
    from (${row}) as new_toot left join author as known on known.hash = new_toot.author`,
  );
  const tag = `select * exclude (${NOT_TAGGED.join(", ")}, hashtags),
    unnest(list_distinct(hashtags)) as tag from (${row})`;
  await connection.run(
    `insert into toot_tag by name
    select tagged.* exclude (tag), named.code as hashtag
    from (${tag}) as tagged
    join saved_value as named on named.name = 'hashtag' and named.value = tagged.tag`,
  );
}

/**
 * Writes the SQL of the index of a toot's bar; null if the toot is from before the chart begins.
 */
function slotSql({ start, step }: Pick<TimeScale, "start" | "step">): string {
  return `case when epoch_ms(time) >= ${start}
    then ((epoch_ms(time) - ${start}) // ${step})::USMALLINT end`;
}

/**
 * If the time chart has grown to this many times its maximum number of bars, it gets wider bars.
 */
const GROWTH = 1.25;

/**
 * If more than one in this many toots is from before the chart begins, the chart gets a new start.
 */
const MOST_EARLIER = 100;

const HOUR = 3_600_000;

/** The share of all toots that may be left out of the chart because they are the oldest. */
const USUAL = 0.002;

/**
 * Returns the time scale for the old and the new rows. If the old scale does not fit any more, a
 * new one is chosen, and the bars of all toots are computed again.
 */
async function scaleFor(
  connection: DuckDBConnection,
  source: string,
  most: number,
): Promise<Pick<TimeScale, "start" | "step">> {
  const numbers = async (sql: string) => numbersOf(await connection.runAndReadAll(sql));
  const [old] = await numbers("select start, step from scale");
  const times = `(select time from toot union all select time from ${source})`;
  const [range] = await numbers(
    `select epoch_ms(min(time)) as first, epoch_ms(max(time)) as last, count(*) as toots,
      count(*) filter (where epoch_ms(time) < ${old?.["start"] ?? 0}) as earlier
    from ${times}`,
  );
  const { first, last, toots, earlier } = range as Record<string, number>;
  if (old) {
    const { start, step } = old as { start: number; step: number };
    if ((last! - start) / step < most * GROWTH && earlier! * MOST_EARLIER <= toots!) {
      return { start, step };
    }
  }
  const hours = await numbers(
    `select epoch_ms(time) // ${HOUR} as hour, count(*) as n from ${times} group by 1 order by 1`,
  );
  let before = 0;
  const usual = hours.find(({ n }) => (before += n!) >= toots! * USUAL)!["hour"]! * HOUR;
  const scale = timeScale(begin(first!, usual, last!), last!, most);
  await connection.run(
    `delete from scale; insert into scale values (${scale.start}, ${scale.step})`,
  );
  await connection.run(
    `update toot set slot = ${slotSql(scale)};
    update toot_tag set slot = toot.slot from toot where toot.id = toot_tag.id`,
  );
  return scale;
}

/**
 * Returns the time at which the chart begins: that of the first toot, or `usual` if the time before
 * `usual` would take up more than a third of the chart. Nearly all toots were posted after `usual`.
 */
function begin(first: number, usual: number, last: number): number {
  return usual - first > (last - usual) / 2 ? usual : first;
}

/** Returns the rows of a result with all values as numbers. */
export function numbersOf(reader: DuckDBResultReader): Record<string, number | null>[] {
  return reader.getRowObjectsJS().map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value)]),
    )
  );
}
