/**
 * Compaction of one day.
 *
 * @module
 */
import { join } from "node:path";
import * as sql from "./compact-sql.ts";
import { compactedFolder } from "../store/layout.ts";
import type { Lake } from "../engine/lake.ts";
import type { CompactedFile } from "./manifest.ts";
import type { Store } from "../store/store.ts";

/** Where compacted files go, and what they are called. */
export interface Place {
  readonly store: Store;
  readonly topic: string;
  readonly generation: number;
  /** A folder of this machine to write in. */
  readonly scratch: string;
}

/** A day to compact. */
export interface Day extends Place {
  /** `2026-11-23`, or `unknown`. */
  readonly day: string;
  /** Its compacted files until now. */
  readonly was: readonly CompactedFile[];
  /** Bytes of a record in the raw files, for a guess at the size. */
  readonly bytesPerRow: number;
}

/** What became of a day. */
export interface CompactedDay {
  readonly files: CompactedFile[];
  readonly rows: number;
  readonly duplicates: number;
  readonly deleted: number;
}

/** Compacted files are of about this many bytes, where a day has so many. */
const FILE_BYTES = 160 * 2 ** 20;

/** Makes the files of a day from what it had and what was loaded. They count for nothing yet. */
export async function compactDay(lake: Lake, place: Day): Promise<CompactedDay> {
  const { store, day, was, scratch, bytesPerRow } = place;
  await lake.exec(sql.daySql(day, was.map(({ path }) => store.url(path))));
  await lake.exec(sql.SIGHTING_SQL);
  await lake.exec(sql.GONE_SQL);
  await lake.exec(sql.LEARN_SQL);
  await lake.exec(sql.STANDING_SQL);
  const [counted] = await lake.query<{ records: number; rows: number; gone: number; lost: number }>(
    sql.COUNT_SQL,
  );
  const { records, rows, gone, lost } = counted!;
  const files: CompactedFile[] = [];
  if (rows > 0) {
    const folder = join(scratch, "day");
    const guess = rows * bytesPerRow;
    const parts = Math.max(1, Math.round(guess / FILE_BYTES));
    // DuckDB ends a file some row groups after the limit.
    const limit = parts === 1 ? 1.25 * FILE_BYTES : guess / parts;
    const written = await lake.query<{ filename: string; count: bigint; file_size_bytes: bigint }>(
      sql.writeDaySql(folder, rows, limit),
    );
    for (const [index, file] of written.entries()) {
      const path = `${compactedFolder(place.topic)}date=${day}/${fileName(place, index)}`;
      await store.publish(file.filename, path, Number(file.count));
      files.push({ path, rows: Number(file.count), bytes: Number(file.file_size_bytes) });
    }
    await Deno.remove(folder, { recursive: true });
  }
  return { files, rows, duplicates: records - rows - lost, deleted: gone };
}

/** Writes all that is gone, for records that come late. */
export async function writeDeletions(lake: Lake, place: Place): Promise<CompactedFile[]> {
  const [counted] = await lake.query<{ n: bigint }>("select count(*) as n from deletion");
  const rows = Number(counted!.n);
  if (rows === 0) return [];
  const local = join(place.scratch, "deletions.parquet");
  await lake.exec(sql.writeDeletionsSql(local));
  const { size: bytes } = await Deno.stat(local);
  const path = `${compactedFolder(place.topic)}deletions/${fileName(place, 0)}`;
  await place.store.publish(local, path, rows);
  return [{ path, rows, bytes }];
}

/** A name that no other compaction gives, be it one that lost its lease. */
function fileName({ generation }: Place, index: number): string {
  const number = String(generation).padStart(6, "0");
  return `${number}-${index}-${crypto.randomUUID().slice(0, 8)}.zstd.parquet`;
}
