/**
 * Compares the loaded records with compacted records of the same post that have another day. All
 * records of a post get the day of the best one, so that the days can be compacted one by one.
 *
 * @module
 */
import type { Lake } from "../../engine/lake.ts";
import { readParquet } from "../../engine/sql.ts";
import type { Store } from "../../store/store.ts";
import { COMPACTED_COLUMNS, readRows, UNSURE_DAY } from "../../truth/source-sql.ts";
import { BEST_FIRST, POST } from "../../truth/standing.ts";
import { singleDay } from "../read/days.ts";
import { compactedFiles, type LakeTable } from "../read/lake-table.ts";
import { DAY_NUMBER, matchingSql } from "./id-index.ts";
import { postEntriesSql, wantedPostsSql } from "./post-index.ts";

/** What {@linkcode compareOtherDays} found. */
export interface OtherDays {
  /** The days of compacted records that were moved to another day. These days are rewritten. */
  readonly left: readonly (number | null)[];
  /** The number of moved records. */
  readonly moved: number;
  /** True if the table needs an index of posts. */
  readonly indexed: boolean;
  /** True if the table `known_post` has the entries of all compacted files. */
  readonly built: boolean;
}

const NAMES = COMPACTED_COLUMNS.map(({ name }) => name).join(", ");

/**
 * Gives the loaded records of a post the day of the post's best record. Compacted records that have
 * another day are added to `loaded` with that day, and listed in the table `moved`.
 */
export async function compareOtherDays(
  lake: Lake,
  store: Store,
  table: LakeTable,
): Promise<OtherDays> {
  await lake.exec("create table moved (filename VARCHAR, file_row_number BIGINT)");
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  const compacted = `(${readRows(COMPACTED_COLUMNS, urls(table.files))})`;
  const found = { left: [], moved: 0, indexed: (table.posts ?? []).length > 0, built: false };
  if (!await isAny(lake, "loaded")) return found;
  if (!found.indexed) {
    found.indexed = await isAny(lake, `loaded where ${UNSURE_DAY}`) ||
      table.posts === null && await isAny(lake, `${compacted} where ${UNSURE_DAY}`);
    found.built = found.indexed && table.files.length > 0;
    if (!found.built) return found;
    await lake.exec(`create table known_post as ${postEntriesSql(compacted)}`);
  }

  const sources = found.built
    ? ["known_post"]
    : table.posts!.map(({ path }) => readParquet([store.url(path)]));
  await lake.exec(`create table wanted_post as ${wantedPostsSql("loaded")}`);
  const entries = await matchingSql(lake, sources, "wanted_post");
  if (entries === null) return found;
  await lake.exec(`create table entry as ${entries};
create table far_post as
select distinct post from wanted_post as wanted join entry using (hash)
where entry.day is distinct from wanted.day;`);
  const days = await lake.query<{ day: number | null }>(
    `select distinct unnest([entry.day, wanted.day]) as day
from wanted_post as wanted join entry using (hash) where post in (from far_post)`,
  );
  if (days.length === 0) return found;
  const files = compactedFiles(table, days.map(({ day }) => singleDay(day)));
  await lake.exec(moveSql(urls(files)));
  const left = await lake.query<{ day: number | null; rows: number }>(
    `select ${DAY_NUMBER} as day, count(*)::INTEGER as rows from left_row group by all`,
  );
  return {
    ...found,
    left: left.map(({ day }) => day),
    moved: left.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** Brings all records of the posts in `far_post` to the day of the best record. */
function moveSql(urls: readonly string[]): string {
  const differs = (row: string) =>
    `best.post = ${row}.post
  and best.created_tz::DATE is distinct from ${row}.created_tz::DATE`;
  return `create table far_row as
select ${NAMES}, filename, file_row_number, ${POST} as post
from (${readRows(COMPACTED_COLUMNS, urls)}) where ${POST} in (from far_post);

create table best_day as
select post, first(created_tz order by ${BEST_FIRST}) as created_tz from (
  select ${NAMES}, post from far_row
  union all
  select ${NAMES}, ${POST} as post from loaded where ${POST} in (from far_post)
)
group by post;

update loaded set created_tz = best.created_tz from best_day as best
where best.post = ${POST}
  and best.created_tz::DATE is distinct from loaded.created_tz::DATE;

create table left_row as
select far_row.*, best.created_tz as best_tz
from far_row join best_day as best on ${differs("far_row")};

insert into moved select filename, file_row_number from left_row;
insert into loaded by name
select * exclude (post, best_tz, filename, file_row_number) replace (best_tz as created_tz)
from left_row;`;
}

async function isAny(lake: Lake, from: string): Promise<boolean> {
  const rows = await lake.query(`select 1 from ${from} limit 1`);
  return rows.length > 0;
}
