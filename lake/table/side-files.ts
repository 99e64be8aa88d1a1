/**
 * The side files of a snapshot, which are not data files of the table: deletes, opt-outs, coverage,
 * and the index of ids.
 *
 * @module
 */
import { join } from "node:path";
import type { Lake } from "../engine/lake.ts";
import type { Store } from "../store/store.ts";
import { COMPACTED_COLUMNS, readRows } from "../truth/source-sql.ts";
import * as sql from "./compact-sql.ts";
import { countCoverageSql, loadedCoverageSql, writeCoverageSql } from "./coverage-sql.ts";
import { entriesSql, runsToMerge, writeRunSql } from "./index/id-index.ts";
import type { OtherDays } from "./index/other-days.ts";
import { postEntriesSql } from "./index/post-index.ts";
import type { LakeTable, SideFile } from "./read/lake-table.ts";
import { metadataFolder } from "./read/table-paths.ts";

/** The place of new side files. */
export interface SidePlace {
  readonly store: Store;
  readonly topic: string;
  /** A folder on this machine for files that are being written. */
  readonly scratch: string;
}

/**
 * Writes all deletes, old and new, because a record may come later than its delete. Writes nothing
 * if the deletes have not changed.
 *
 * @returns the files of deletes after the compaction
 */
export async function writeDeletions(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
): Promise<readonly SideFile[]> {
  const [counted] = await lake.query<{ rows: bigint; changed: bigint }>(
    `select count(*) as rows, count(*) filter (where changed) as changed from deletion`,
  );
  const { rows, changed } = counted!;
  if (changed === 0n && Number(rows) === rowsIn(table.deletions)) return table.deletions;
  if (rows === 0n) return [];
  return [await writeSide(lake, place, "deletions", sql.writeDeletionsSql)];
}

/**
 * Writes all opt-outs, old and new, because a record may come later than its author's opt-out.
 * Writes nothing if there is no new opt-out.
 *
 * @returns the files of opt-outs after the compaction
 */
export async function writeOptOuts(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
): Promise<readonly SideFile[]> {
  const [counted] = await lake.query<{ fresh: bigint }>(
    "select count(*) as fresh from opt_out where fresh",
  );
  if (counted!.fresh === 0n) return table.optOuts;
  return [await writeSide(lake, place, "opt-outs", sql.writeOptOutsSql)];
}

/**
 * Writes the records of coverage from the raw files `fresh`. They are merged with older files of
 * similar size, so that each row is rewritten only a few times. Writes nothing if there are no new
 * records and none to drop.
 *
 * @param oldest the oldest day that is kept; null keeps all
 */
export async function writeCoverage(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
  fresh: readonly string[],
  oldest: number | null,
): Promise<readonly SideFile[]> {
  const urlsOf = (files: readonly SideFile[]) => files.map(({ path }) => place.store.url(path));
  await lake.exec(loadedCoverageSql(fresh));
  const [counted] = await lake.query<{ rows: bigint; old: bigint }>(
    countCoverageSql(urlsOf(table.coverage), oldest),
  );
  const { rows, old } = counted!;
  if (rows === 0n && old === 0n) return table.coverage;
  // If old records must be dropped, all files are rewritten.
  const merged = old === 0n ? runsToMerge(table.coverage, Number(rows)) : table.coverage;
  const urls = urlsOf(merged);
  const file = await writeSide(
    ...[lake, place, "coverage"] as const,
    (path) => writeCoverageSql(urls, oldest, path),
  );
  return [...table.coverage.slice(0, table.coverage.length - merged.length), file];
}

/**
 * Writes a run of the index for the loaded records, merged with older runs of similar size. If the
 * table has no index yet, one is built from all its files.
 */
export async function writeIndex(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
  { moved }: OtherDays,
): Promise<readonly SideFile[]> {
  const { store } = place;
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  const loaded = entriesSql("loaded", moved > 0);
  if (table.index === null && table.files.length > 0) {
    const compacted = `(${readRows(COMPACTED_COLUMNS, urls(table.files))})`;
    const entries = `${loaded}\nunion all\n${entriesSql(compacted, true)}`;
    return [await writeSide(lake, place, "index", (path) => writeRunSql(entries, [], path))];
  }
  return await addRun(lake, place, "index", table.index ?? [], loaded);
}

/**
 * Writes a run of the index of posts, like {@linkcode writeIndex}.
 *
 * @returns the files of the index; empty if the table needs none, and null if that is not known
 */
export async function writePosts(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
  { indexed, built }: OtherDays,
): Promise<readonly SideFile[] | null> {
  const [counted] = await lake.query<{ rows: bigint }>("select count(*) as rows from loaded");
  if (counted!.rows === 0n) return table.posts;
  if (!indexed) return [];
  const loaded = postEntriesSql("loaded");
  if (!built) return await addRun(lake, place, "posts", table.posts ?? [], loaded);
  const entries = `${loaded}\nunion all from known_post`;
  return [await writeSide(lake, place, "posts", (path) => writeRunSql(entries, [], path))];
}

/** Writes a run with the entries of the loaded records, merged with older runs of similar size. */
async function addRun(
  lake: Lake,
  place: SidePlace,
  name: string,
  runs: readonly SideFile[],
  entries: string,
): Promise<readonly SideFile[]> {
  const [counted] = await lake.query<{ rows: bigint }>("select count(*) as rows from loaded");
  if (counted!.rows === 0n) return runs;
  const merged = runsToMerge(runs, Number(counted!.rows));
  const urls = merged.map(({ path }) => place.store.url(path));
  const run = await writeSide(lake, place, name, (path) => writeRunSql(entries, urls, path));
  return [...runs.slice(0, runs.length - merged.length), run];
}

function rowsIn(files: readonly SideFile[]): number {
  return files.reduce((sum, { rows }) => sum + rows, 0);
}

async function writeSide(
  lake: Lake,
  { store, topic, scratch }: SidePlace,
  name: string,
  write: (path: string) => string,
): Promise<SideFile> {
  const local = join(scratch, `${name}.parquet`);
  const [written] = await lake.query<{ count: bigint; file_size_bytes: bigint }>(write(local));
  const path = `${metadataFolder(topic)}${name}-${crypto.randomUUID()}.parquet`;
  const rows = Number(written!.count);
  await store.publish(local, path, rows);
  return { path, rows, bytes: Number(written!.file_size_bytes) };
}
