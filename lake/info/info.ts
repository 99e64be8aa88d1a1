/**
 * Describes a lake.
 *
 * @module
 */
import { isVisible, topicFolder } from "../store/layout.ts";
import { daysText } from "../table/read/days.ts";
import { freshFiles, type LakeTable } from "../table/read/lake-table.ts";
import { readTable } from "../table/read/read-table.ts";
import { tableLocation } from "../table/read/table-paths.ts";
import { openNative } from "../engine/native.ts";
import { checkFolder, isS3, lakeLocation } from "../store/location.ts";
import { deleteTopic, TOOT_TOPIC } from "../../record/record.ts";
import type { Env } from "../../common/env.ts";
import { literalGlob, quoteList } from "../engine/sql.ts";
import { openStore } from "../store/open-store.ts";

/** The number of files of one kind, and of the rows and bytes in them. */
export interface FileCount {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

/** The compacted toots of one day, or of several days that share a file. */
export interface DaysInfo extends FileCount {
  /** The days: `2026-11-23`, `2026-11-03…2026-11-19`, or `unknown`. */
  readonly days: string;
}

/** A version of the compacted lake that is still readable. */
export interface SnapshotInfo {
  readonly id: number;
  /** When it was published, in milliseconds since 1970. */
  readonly at: number;
  readonly operation: string;
  readonly files: number;
  readonly rows: number;
}

/** The Iceberg table of compacted toots. */
export interface TableInfo {
  readonly version: number;
  /** The address under which other engines open the table. */
  readonly location: string;
  /**
   * The address that the table's metadata states, if the lake was moved since; otherwise null. Until
   * the next compaction, other engines look for the files there.
   */
  readonly movedFrom: string | null;
  /** The snapshots, oldest first. The last one is current. */
  readonly snapshots: readonly SnapshotInfo[];
}

/** The contents of a lake. */
export interface LakeInfo {
  readonly location: string;
  readonly topic: string;
  /**
   * The table; null if nothing has been compacted yet, or if only an earlier release has compacted
   * the lake.
   */
  readonly table: TableInfo | null;
  /** The compacted days, oldest first. */
  readonly days: readonly DaysInfo[];
  /** The raw files of toots that are not compacted yet. */
  readonly raw: FileCount;
  /** The raw files of deletes that are not compacted yet. */
  readonly deletes: FileCount;
  /** The number of raw files that are compacted, but not removed yet. */
  readonly leftovers: number;
}

/**
 * Describes a lake without reading its rows. It uses listings, the table's metadata, and the
 * footers of the raw files.
 *
 * @throws {Failure} if the lake cannot be read
 */
export async function lakeInfo(
  options: { location: string; topic?: string; env?: Env },
): Promise<LakeInfo> {
  const { topic = TOOT_TOPIC, env = (name: string) => Deno.env.get(name) } = options;
  const location = lakeLocation(options.location);
  if (!isS3(location)) await checkFolder(location);
  const store = openStore(location, env);
  const list = async (of: string) =>
    (await store.list(topicFolder(of))).filter(({ path }) => isVisible(path));
  const [toots, deletes] = await Promise.all([list(topic), list(deleteTopic(topic))]);
  const table = await readTable(store, topic);

  const lake = await openNative({ location, memory: undefined, env });
  try {
    const count = async (files: readonly { path: string; bytes: number }[]) => {
      const urls = quoteList(files.map(({ path }) => literalGlob(store.url(path))));
      const [row] = files.length === 0 ? [{ n: 0 }] : await lake.query<{ n: number }>(
        `select sum(num_rows)::DOUBLE as n from parquet_file_metadata(${urls})`,
      );
      return { ...sizes(files), rows: row!.n };
    };
    const raw = freshFiles(toots, table);
    const waiting = freshFiles(deletes, table);
    return {
      location,
      topic,
      table: tableInfo(table, tableLocation(store, topic)),
      days: [...Map.groupBy(table.files, ({ days }) => daysText(days))].map(([days, files]) => {
        return { days, ...sizes(files), rows: files.reduce((sum, { rows }) => sum + rows, 0) };
      }),
      raw: await count(raw),
      deletes: await count(waiting),
      leftovers: toots.length + deletes.length - raw.length - waiting.length,
    };
  } finally {
    await lake.close();
  }
}

function tableInfo({ version, metadata }: LakeTable, location: string): TableInfo | null {
  if (metadata === null) return null;
  return {
    version,
    location,
    movedFrom: metadata.location === location ? null : metadata.location,
    snapshots: metadata.snapshots.map((snapshot) => ({
      id: snapshot["snapshot-id"],
      at: snapshot["timestamp-ms"],
      operation: snapshot.summary["operation"] ?? "",
      files: Number(snapshot.summary["total-data-files"]),
      rows: Number(snapshot.summary["total-records"]),
    })),
  };
}

function sizes(files: readonly { bytes: number }[]) {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
