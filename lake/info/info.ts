/**
 * What is in a lake.
 *
 * @module
 */
import { isVisible, topicFolder } from "../store/layout.ts";
import { compactedFiles, fresh, readManifest } from "../table/manifest.ts";
import { openNative } from "../engine/native.ts";
import { checkFolder, isS3, lakeLocation } from "../store/location.ts";
import { deleteTopic, TOOT_TOPIC } from "../../record/record.ts";
import type { Env } from "../../common/env.ts";
import { literalGlob, quoteList } from "../engine/sql.ts";
import { openStore } from "../store/open-store.ts";

/** Files of one kind. */
export interface FileCount {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

/** A compacted day. */
export interface DayInfo extends FileCount {
  /** `2026-11-23`, or `unknown`. */
  readonly day: string;
}

/** What is in a lake. */
export interface LakeInfo {
  readonly location: string;
  readonly topic: string;
  /** Compacted days, oldest first. */
  readonly days: readonly DayInfo[];
  /** Raw files of toots that wait for compaction. */
  readonly raw: FileCount;
  /** Raw files of deletes that wait for compaction. */
  readonly deletes: FileCount;
  /** Raw files that are taken in and not yet removed. */
  readonly leftovers: number;
}

/**
 * Looks into a lake, without reading its rows: listings, the manifest, and the
 * footers of the files that wait.
 *
 * @throws {Failure} where it cannot be read
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
  const { manifest } = await readManifest(store, topic);

  const lake = await openNative({ location, memory: undefined, env });
  try {
    const count = async (files: readonly { path: string; bytes: number }[]) => {
      const urls = quoteList(files.map(({ path }) => literalGlob(store.url(path))));
      const [row] = files.length === 0 ? [{ n: 0 }] : await lake.query<{ n: number }>(
        `select sum(num_rows)::DOUBLE as n from parquet_file_metadata(${urls})`,
      );
      return { ...sizes(files), rows: row!.n };
    };
    const raw = fresh(toots, manifest);
    const waiting = fresh(deletes, manifest);
    return {
      location,
      topic,
      days: Object.keys(manifest.days).sort().map((day) => {
        const files = compactedFiles(manifest, (other) => other === day);
        return { day, ...sizes(files), rows: files.reduce((sum, { rows }) => sum + rows, 0) };
      }),
      raw: await count(raw),
      deletes: await count(waiting),
      leftovers: toots.length + deletes.length - raw.length - waiting.length,
    };
  } finally {
    await lake.close();
  }
}

function sizes(files: readonly { bytes: number }[]) {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
