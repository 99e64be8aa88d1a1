/**
 * Makes a lake of many weeks from a compacted lake of one week. Every week repeats the toots of
 * that week, with other ids, addresses and times. The files are written as compaction writes them,
 * and published as one commit.
 *
 * @module
 */
import { join } from "node:path";
import type { Lake } from "../../lake/engine/lake.ts";
import { quote, readParquet } from "../../lake/engine/sql.ts";
import { compactedFolder, rawPath, topicFolder } from "../../lake/store/layout.ts";
import type { Store } from "../../lake/store/store.ts";
import { commit } from "../../lake/table/commit.ts";
import { dataFileOptions } from "../../lake/table/compact-sql.ts";
import { type ColumnStatistics, dataFileOf } from "../../lake/table/data-file.ts";
import type { DataFile } from "../../lake/table/iceberg/manifest.ts";
import { currentSchema } from "../../lake/table/iceberg/metadata.ts";
import { entriesSql, writeRunSql } from "../../lake/table/index/id-index.ts";
import { dayText, monthOf } from "../../lake/table/read/days.ts";
import type { LakeTable, SideFile } from "../../lake/table/read/lake-table.ts";
import { readTable } from "../../lake/table/read/read-table.ts";
import { COMPACTED_COLUMNS, KEPT_DELETION_COLUMNS } from "../../lake/truth/source-sql.ts";
import {
  type Column,
  deleteTopic,
  DELETION_COLUMNS,
  TOOT_COLUMNS,
  TOOT_TOPIC,
} from "../../record/record.ts";

/** Week 0 is this many weeks before the repeated week, so that no week is in the future. */
const EARLIER = 120;

/** Returns the columns that differ in week `n`, as SQL expressions. */
function changed(n: number): Record<string, string> {
  const later = (time: string) => `${time} + interval (${7 * (n - EARLIER)}) days`;
  const own = (text: string) => `${text} || '-${n}'`;
  return {
    m_id: `m_id + ${n}`,
    created_at: `created_at + (${(n - EARLIER) * 7 * 86_400})`,
    created_at_str: `strftime((${later("posted_at")})::TIMESTAMP, '%Y %m %d %H:%M:%S')`,
    also_at: `[${own("id")} for id in also_at]`,
    ...Object.fromEntries(["url", "uri", "uri_key", "status_id"].map((name) => [name, own(name)])),
    ...Object.fromEntries(
      ["posted_at", "observed_at", "edited_at", "deleted_at", "created_tz"]
        .map((name) => [name, later(name)]),
    ),
  };
}

/** Returns the SQL of the columns, with the values that they have in week `n`. */
function columnsOf(columns: readonly Column[], n: number): string {
  const values = changed(n);
  return columns.map(({ name }) => `${values[name] ?? name} as ${name}`).join(", ");
}

interface Written {
  count: bigint;
  file_size_bytes: bigint;
  column_statistics: { key: string; value: ColumnStatistics }[];
}

/** Adds the weeks `from` up to but not including `to` to a lake in a folder. */
export async function addWeeks(
  lake: Lake,
  week: Store,
  from: number,
  to: number,
): Promise<void> {
  const { store } = lake;
  const base = await readTable(week, TOOT_TOPIC);
  const table = await readTable(store, TOOT_TOPIC);
  const schema = currentSchema(base.metadata!);
  const root = join(store.location, compactedFolder(TOOT_TOPIC));
  const added: DataFile[] = [];
  for (let n = from; n < to; n++) {
    for (const { path, days, rows } of base.files) {
      const day = days!.from + 7 * (n - EARLIER);
      const name = `data/${dayText(day).slice(0, -3)}/${dayText(day)}-${n}.zstd.parquet`;
      await Deno.mkdir(join(root, name, ".."), { recursive: true });
      const [written] = await lake.query<Written>(
        `copy (
          select ${columnsOf(COMPACTED_COLUMNS, n)} from ${readParquet([week.url(path)])}
        ) to ${quote(join(root, name))} (${dataFileOptions(rows, schema)})`,
      );
      const bytes = Number(written!.file_size_bytes);
      added.push(dataFileOf(
        { path: join(root, name), month: monthOf(day), rows: Number(written!.count), bytes },
        written!.column_statistics,
        schema,
      ));
    }
  }
  const side = { lake, store };
  const deletes = Array.from(
    { length: to },
    (_, n) =>
      `select ${columnsOf(KEPT_DELETION_COLUMNS, n)} from ${
        readParquet(base.deletions.map(({ path }) => week.url(path)))
      }`,
  ).join(" union all ");
  const rows = `(from ${readParquet(added.map(({ file_path }) => file_path))})`;
  await commit({ store, topic: TOOT_TOPIC, now: Date.now, step: () => {} }, table, {
    ...{ schema, added, removed: new Set<string>(), expire: true },
    ...{ coverage: table.coverage, taken: table.taken },
    deletions: [
      await writeSide(
        side,
        `deletions-${to}`,
        (path) =>
          `copy (select * from (${deletes}) order by base_url, status_id) to ${quote(path)}
      (format parquet, compression zstd, return_stats true)`,
      ),
    ],
    optOuts: await copyOptOuts(side, week, base, table),
    // All toots come from their home servers.
    posts: [],
    index: [
      ...table.index ?? [],
      await writeSide(side, `index-${to}`, (path) => writeRunSql(entriesSql(rows, true), [], path)),
    ],
  });
}

interface SidePlace {
  readonly lake: Lake;
  readonly store: Store;
}

async function writeSide(
  { lake, store }: SidePlace,
  name: string,
  write: (path: string) => string,
): Promise<SideFile> {
  const path = `${compactedFolder(TOOT_TOPIC)}metadata/${name}.parquet`;
  await Deno.mkdir(join(store.location, path, ".."), { recursive: true });
  const [written] = await lake.query<Written>(write(join(store.location, path)));
  return { path, rows: Number(written!.count), bytes: Number(written!.file_size_bytes) };
}

/** Copies the opt-outs unless the lake has some already. The people are the same in every week. */
async function copyOptOuts(side: SidePlace, week: Store, base: LakeTable, table: LakeTable) {
  if (table.optOuts.length > 0 || base.optOuts.length === 0) return table.optOuts;
  const from = readParquet(base.optOuts.map(({ path }) => week.url(path)));
  return [
    await writeSide(
      side,
      "opt-outs",
      (path) =>
        `copy (from ${from}) to ${
          quote(path)
        } (format parquet, compression zstd, return_stats true)`,
    ),
  ];
}

/**
 * Writes a raw file with the toots of one day of week `n`. It makes the file from the raw files in
 * `raw`.
 */
export async function addRawDay(lake: Lake, raw: string, n: number): Promise<void> {
  const from = readParquet({ pattern: join(raw, topicFolder(TOOT_TOPIC), "**/*.parquet") });
  await addRaw(
    lake,
    TOOT_TOPIC,
    n,
    `select ${columnsOf(TOOT_COLUMNS, n)} from ${from}
    where posted_at::DATE = (select min(posted_at)::DATE + 1 from ${from})`,
  );
}

/** Writes deletes of ten toots of week `n`, as the toots' home servers send them. */
export async function addTenDeletes(lake: Lake, week: Store, n: number): Promise<void> {
  const { files } = await readTable(week, TOOT_TOPIC);
  await addRaw(
    lake,
    deleteTopic(TOOT_TOPIC),
    n,
    `select ${columnsOf(DELETION_COLUMNS, n)} from (
      select base_url, status_id, observed_at as deleted_at
      from ${readParquet([week.url(files[2]!.path)])} where home order by uri limit 10
    )`,
  );
}

async function addRaw(lake: Lake, topic: string, n: number, rows: string): Promise<void> {
  const path = join(lake.location, rawPath({ topic, partition: 0, offset: BigInt(n) }));
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await lake.exec(`copy (${rows}) to ${quote(path)} (format parquet, compression zstd)`);
}
