/**
 * Compacts some days. It reads their rows, removes duplicates and deleted toots, and writes the
 * rest as new data files.
 *
 * @module
 */
import { join } from "node:path";
import type { Lake } from "../engine/lake.ts";
import type { Store } from "../store/store.ts";
import * as sql from "./compact-sql.ts";
import { type ColumnStatistics, dataFileOf } from "./data-file.ts";
import { type Days, dayText, monthOf } from "./read/days.ts";
import type { DataFile } from "./iceberg/manifest.ts";
import type { Schema } from "./iceberg/schema.ts";
import { dataFolder, tableLocation } from "./read/table-paths.ts";
import { divideSpan, type Span } from "./spans.ts";

/** The place and the schema of new data files. */
export interface DataPlace {
  readonly store: Store;
  readonly topic: string;
  readonly schema: Schema;
  /** A folder on this machine for files that are being written. */
  readonly scratch: string;
  /** The average bytes of a record in the raw files, to estimate the size of a new file. */
  readonly bytesPerRow: number;
  /** True if compacted rows were moved to other days. */
  readonly moved: boolean;
}

/** The result for a span of days. */
export interface CompactedSpan {
  readonly files: readonly DataFile[];
  readonly rows: number;
  readonly duplicates: number;
  readonly deleted: number;
  /** The number of rows that were compacted before, and are now replaced, deleted or withheld. */
  readonly withdrawn: number;
}

/** A data file has at most about this many bytes. A larger day is divided into several files. */
const FILE_BYTES = 160 * 2 ** 20;

/**
 * Writes the data files of a span. They have no effect until a commit names them.
 *
 * @param oldest the oldest day that is kept; null keeps all
 */
export async function compactSpan(
  lake: Lake,
  place: DataPlace,
  span: Span,
  oldest: number | null,
): Promise<CompactedSpan> {
  const urls = span.files.map(({ path }) => place.store.url(path));
  await lake.exec(sql.daySql(span.days, urls, oldest, place.moved));
  for (const statement of sql.JUDGE_SQL) await lake.exec(statement);
  const [counted] = await lake.query<Record<"records" | "gone" | "lost" | "withdrawn", number>>(
    sql.COUNT_SQL,
  );
  const { records, gone, lost, withdrawn } = counted!;
  const perDay = await lake.query<{ day: number | null; rows: number }>(sql.STANDING_DAYS_SQL);
  const rows = perDay.reduce((sum, one) => sum + one.rows, 0);
  const parts: (Days | null)[] = span.days === null
    ? rows > 0 ? [null] : []
    : divideSpan(new Map(perDay.map((one) => [one.day!, one.rows])));
  const files: DataFile[] = [];
  for (const days of parts) {
    const own = perDay.filter(({ day }) => days === null || days.from <= day! && day! <= days.to);
    files.push(
      ...await writePart(lake, place, days, own.reduce((sum, one) => sum + one.rows, 0)),
    );
  }
  return { files, rows, duplicates: records - rows - lost, deleted: gone, withdrawn };
}

async function writePart(
  lake: Lake,
  { store, topic, schema, scratch, bytesPerRow }: DataPlace,
  days: Days | null,
  rows: number,
): Promise<DataFile[]> {
  const folder = join(scratch, "day");
  const estimate = rows * bytesPerRow;
  const parts = Math.max(1, Math.round(estimate / FILE_BYTES));
  // DuckDB ends a file a few row groups after the limit. A single file gets a higher limit, so that
  // a day that is a little too large is not divided.
  const limit = parts === 1 ? 1.25 * FILE_BYTES : estimate / parts;
  const written = await lake.query<{
    filename: string;
    count: bigint;
    file_size_bytes: bigint;
    column_statistics: { key: string; value: ColumnStatistics }[];
  }>(sql.writeDaySql(folder, days, rows, limit, schema));
  const files: DataFile[] = [];
  for (const [index, file] of written.entries()) {
    const name = `${dataName(days)}-${index}-${crypto.randomUUID().slice(0, 8)}.zstd.parquet`;
    await store.publish(file.filename, dataFolder(topic) + name, Number(file.count));
    files.push(dataFileOf(
      {
        path: `${tableLocation(store, topic)}/data/${name}`,
        month: days === null ? null : monthOf(days.from),
        rows: Number(file.count),
        bytes: Number(file.file_size_bytes),
      },
      file.column_statistics,
      schema,
    ));
  }
  await Deno.remove(folder, { recursive: true });
  return files;
}

/**
 * Names a data file: `2026-01/2026-01-03`, or `2026-01/2026-01-03_2026-01-19` for several days.
 */
function dataName(days: Days | null): string {
  if (days === null) return "unknown/unknown";
  const [from, to] = [dayText(days.from), dayText(days.to)];
  return `${from.slice(0, -3)}/${from === to ? from : `${from}_${to}`}`;
}
