/**
 * The files beside the table's own that a snapshot names: what is gone, who opted out, and
 * the index of ids.
 *
 * @module
 */
import { join } from "node:path";
import type { Lake } from "../engine/lake.ts";
import type { Store } from "../store/store.ts";
import { COMPACTED_COLUMNS, readRows } from "../truth/source-sql.ts";
import * as sql from "./compact-sql.ts";
import { daysOfHashes, entriesSql, runsToMerge, writeRunSql } from "./id-index.ts";
import type { LakeTable, SideFile } from "./read/lake-table.ts";
import { metadataFolder } from "./read/table-paths.ts";

/** Where side files are written. */
export interface SidePlace {
  readonly store: Store;
  readonly topic: string;
  /** A folder of this machine to write in. */
  readonly scratch: string;
}

/** Days of compacted toots that are newly deleted, or whose author newly opted out. */
export async function findWithdrawn(
  lake: Lake,
  store: Store,
  table: LakeTable,
): Promise<(number | null)[]> {
  if (table.index === null) return await daysOfAll(table);
  await lake.exec(sql.FRESH_HASHES_SQL);
  return await daysOfHashes(lake, table.index.map(({ path }) => store.url(path)), "fresh_hash");
}

/** Without an index, any day may hold such a toot. */
function daysOfAll({ files }: LakeTable): Promise<(number | null)[]> {
  return Promise.resolve(files.flatMap(({ days }) => {
    if (days === null) return [null];
    return Array.from({ length: days.to - days.from + 1 }, (_, n) => days.from + n);
  }));
}

/** Writes all that is gone, for records that come late; nothing if nothing has changed. */
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

/** Writes who opted out, for records that come late; nothing if nobody did since. */
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
 * Writes the records of coverage that the raw files hold, merged with older files of similar
 * size, so that a row is written seldom.
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
  if (fresh.length === 0) return table.coverage;
  await lake.exec(sql.loadedCoverageSql(fresh));
  const [counted] = await lake.query<{ rows: bigint }>("select count(*) as rows from coverage");
  // What is too old leaves only files that are written anew.
  const merged = oldest === null
    ? runsToMerge(table.coverage, Number(counted!.rows))
    : table.coverage;
  const urls = merged.map(({ path }) => place.store.url(path));
  const file = await writeSide(
    ...[lake, place, "coverage"] as const,
    (path) => sql.writeCoverageSql(urls, oldest, path),
  );
  return [...table.coverage.slice(0, table.coverage.length - merged.length), file];
}

/**
 * Writes the index's run for what was loaded, merged with older runs of similar size. A
 * table without an index gets one of all its files.
 */
export async function writeIndex(
  lake: Lake,
  place: SidePlace,
  table: LakeTable,
): Promise<readonly SideFile[]> {
  const { store } = place;
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  const loaded = entriesSql("loaded", false);
  if (table.index === null && table.files.length > 0) {
    const compacted = `(${readRows(COMPACTED_COLUMNS, urls(table.files))})`;
    const entries = `${loaded}\nunion all\n${entriesSql(compacted, true)}`;
    return [await writeSide(lake, place, "index", (path) => writeRunSql(entries, [], path))];
  }
  const runs = table.index ?? [];
  const [counted] = await lake.query<{ rows: bigint }>("select count(*) as rows from loaded");
  if (counted!.rows === 0n) return runs;
  const merged = runsToMerge(runs, Number(counted!.rows));
  const run = await writeSide(
    lake,
    place,
    "index",
    (path) => writeRunSql(loaded, urls(merged), path),
  );
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
