/**
 * Finds the records that the views leave out, and those that they withhold.
 *
 * @module
 */
import type { Queries } from "../engine/lake.ts";
import { DAY_NUMBER, daysOfHashes, freshHashesSql } from "../table/index/id-index.ts";
import { wantedPostsSql } from "../table/index/post-index.ts";
import { type Days, singleDay } from "../table/read/days.ts";
import { compactedFiles } from "../table/read/lake-table.ts";
import { hiddenSql } from "../truth/opt-outs.ts";
import { UNSURE_DAY } from "../truth/source-sql.ts";
import * as truth from "../truth/standing.ts";
import * as sql from "./source-sql.ts";
import type { Part } from "./toot-sql.ts";
import type { LakeFiles } from "./views-files.ts";

/** Options of {@linkcode judge}. */
export interface JudgeOptions {
  readonly listed: LakeFiles;
  /** Returns the URLs of some files. */
  readonly urls: (files: readonly { path: string }[]) => string[];
  /** True if all compacted files have all columns. */
  readonly compactedAlike: boolean;
  readonly queries: Queries;
  /**
   * Runs a statement. Its text is also stored with at most `most` entries in its lists, for people
   * to read.
   */
  readonly run: (statement: (most?: number) => string) => Promise<void>;
}

const CANDIDATE: truth.Rows = { from: "lake.candidate", row: sql.PLACE };
const TABLES: truth.Judged = {
  ...{ knownUri: "lake.known_uri", deletedRow: "lake.deleted_row", gone: "lake.gone" },
};

/**
 * Judges the records in `lake.record` and `lake.compacted`. Creates `lake.dropped`, which lists
 * duplicates and deleted toots, and `lake.hidden`, which lists the records of people who opted out.
 *
 * @returns the sources of the views
 */
export async function judge(options: JudgeOptions): Promise<Part[]> {
  const { listed, urls, compactedAlike, queries, run } = options;
  const compacted = compactedFiles(listed.table);
  const hasCompacted = compacted.length > 0;
  const hasRaw = listed.toots.files.length > 0;
  const hasDeletes = listed.deletes.files.length > 0;

  await findHidden(options, hasCompacted);
  // Only new deletes can apply to compacted files, because compaction has applied the older ones.
  const deletable = hasCompacted && hasDeletes ? await findDeletable(options) : "lake.record";
  await run(() =>
    truth.deletedSightingSql(
      "lake.deleted_sighting",
      { from: deletable, row: sql.PLACE },
      "lake.deletion",
    )
  );
  await run(() => truth.deletedRowSql(TABLES.deletedRow, "lake.deleted_sighting", CANDIDATE));
  if (hasCompacted) {
    const days = await sameDays(options);
    await run((most) =>
      sql.compactedSql(
        urls(compactedFiles(listed.table, days)),
        compactedAlike,
        most,
        "same_days",
      )
    );
  }
  await run(() => sql.candidateSql(hasCompacted));
  await run(() => truth.knownUriSql(TABLES.knownUri, CANDIDATE));
  const hashed = await isAny(queries, "lake.deletion where key_hash is not null");
  const hashes = hashed ? "(select key_hash from lake.deletion where key_hash is not null)" : null;
  await run(() => truth.goneSql(CANDIDATE, TABLES, hashes));
  await run(() =>
    `create table lake.dropped as
select ${sql.PLACE} from (
  ${truth.rankedSql(CANDIDATE, TABLES).replaceAll("\n", "\n  ")}
)
where not (${truth.STANDS});`
  );
  return [
    ...hasRaw || !hasCompacted ? [await partOf(queries, "record")] : [],
    ...hasCompacted ? await compactedParts(options, compacted) : [],
  ];
}

/**
 * Returns the SQL of the rows that new deletes may name: the rows of the raw files, and of the
 * compacted files that may contain a deleted id. Without an index of ids, any compacted file may
 * contain one.
 */
async function findDeletable(options: JudgeOptions): Promise<string> {
  const { listed: { table }, urls, compactedAlike, queries, run } = options;
  let files: readonly { path: string }[] = table.files;
  if (table.index !== null) {
    await run(() => freshHashesSql("lake.fresh_hash", "lake.deletion"));
    const days = await daysOfHashes(queries, urls(table.index), "lake.fresh_hash");
    files = compactedFiles(table, days.map(singleDay));
  }
  await run((most) => sql.compactedSql(urls(files), compactedAlike, most, "deletable"));
  return "(select * from lake.record union all select * from lake.deletable)";
}

/** Creates `lake.hidden`, the records of people who opted out. */
async function findHidden({ listed, urls, queries, run }: JudgeOptions, hasCompacted: boolean) {
  await run((most) => sql.viewOptOutsSql(urls(listed.table.optOuts), most));
  // Compaction has applied the opt-outs that it knew. New opt-outs apply to compacted files as
  // well.
  const fresh = hasCompacted && await isAny(queries, "lake.opt_out where fresh");
  const from = fresh
    ? "(select * from lake.record union all select * from lake.compacted)"
    : "lake.record";
  await run(() => hiddenSql("lake.hidden", { from, row: sql.PLACE }, "lake.opt_out", null));
}

async function isAny(queries: Queries, from: string): Promise<boolean> {
  const [row] = await queries.query<{ n: bigint }>(`select count(*) as n from ${from}`);
  return row!.n > 0n;
}

async function partOf(queries: Queries, name: "record"): Promise<Part> {
  return {
    name,
    dropped: await isAny(queries, "lake.dropped where not compacted"),
    hidden: await isAny(queries, "lake.hidden where not compacted"),
  };
}

/**
 * Divides the compacted files. Files without dropped or hidden rows are read as they are. Each row
 * is checked only in the other files, so that a few deletes do not make the whole lake slower.
 */
async function compactedParts(
  { urls, compactedAlike, queries, run }: JudgeOptions,
  compacted: readonly { path: string }[],
): Promise<Part[]> {
  const filesIn = async (table: string) =>
    new Set(
      (await queries.query<{ file: string }>(
        `select distinct file from lake.${table} where compacted`,
      )).map(({ file }) => file),
    );
  const dropped = await filesIn("dropped"), hidden = await filesIn("hidden");
  const touched = new Set([...dropped, ...hidden]);
  const whole = { name: "compacted", dropped: false, hidden: false };
  if (touched.size === 0) return [whole];
  const all = urls(compacted);
  const rest = all.filter((url) => !touched.has(url));
  await run((most) => sql.compactedSql([...touched].sort(), compactedAlike, most, "changed"));
  await run((most) => sql.compactedSql(rest, compactedAlike, most, "unchanged"));
  return [
    { ...whole, name: "unchanged" },
    { name: "changed", dropped: dropped.size > 0, hidden: hidden.size > 0 },
  ];
}

/**
 * Returns the days of raw records, of newly deleted toots, and of other records of the raw records'
 * posts. All compacted records that a raw record is compared with are in files of these days.
 */
async function sameDays(options: JudgeOptions): Promise<(Days | null)[]> {
  const rows = await options.queries.query<{ day: number | null; unsure: boolean }>(
    `select ${DAY_NUMBER} as day, bool_or(unsure) as unsure
     from (
       select created_tz, ${UNSURE_DAY} as unsure from lake.record
       union all
       select created_tz, false as unsure from lake.deleted_row where fresh
     )
     group by 1`,
  );
  const others = await daysOfPosts(options, rows.some(({ unsure }) => unsure));
  return [...rows.map(({ day }) => day), ...others].map(singleDay);
}

/**
 * Finds the days of compacted records of the raw records' posts, as far as these may be other days.
 * Without an index of posts, all compacted records are compared with the raw records of an unsure
 * day.
 *
 * @param unsure true if there are such raw records
 */
async function daysOfPosts(
  { listed: { table: { posts } }, urls, queries, run }: JudgeOptions,
  unsure: boolean,
): Promise<(number | null)[]> {
  if (posts !== null && posts.length > 0) {
    const wanted = wantedPostsSql("lake.record");
    await run(() => `create table lake.wanted_post as\nselect distinct hash from (\n${wanted}\n);`);
    return await daysOfHashes(queries, urls(posts), "lake.wanted_post");
  }
  if (!unsure) return [];
  const days = await queries.query<{ day: number | null }>(
    `select distinct ${DAY_NUMBER} as day from lake.compacted where ${truth.POST} in (
       select ${truth.POST} from lake.record where ${UNSURE_DAY}
     )`,
  );
  return days.map(({ day }) => day);
}
