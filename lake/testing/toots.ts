/**
 * Small lakes for the tests: toots written by the lake's own writer.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { EngineName, Lake, Row } from "../engine/lake.ts";
import { openLake } from "../engine/open.ts";
import { claimInFolder } from "../write/claim/in-folder.ts";
import {
  type Column,
  type Coverage,
  COVERAGE_COLUMNS,
  coverageTopic,
  deleteTopic,
  type Deletion,
  DELETION_COLUMNS,
  type Toot,
  TOOT_COLUMNS,
  TOOT_TOPIC,
} from "../../record/record.ts";
import { openRowFiles } from "../write/row-file.ts";
import { openStore } from "../store/open-store.ts";
import { createViews } from "../views/views.ts";
import { nextOffset, openTopicWriter } from "../write/topic-writer.ts";

export { gone, hashOf, START, toot } from "../../record/testing/toot.ts";
export type { Toot };

/** Writes a raw file of toots, one of deletes and one of coverage. Empty files are left out. */
export async function land(
  location: string,
  toots: readonly Toot[],
  deletions: readonly Deletion[] = [],
  topic: string = TOOT_TOPIC,
  coverage: readonly Coverage[] = [],
): Promise<void> {
  const store = openStore(location);
  const files = await openRowFiles();
  const claim = location.startsWith("s3://") ? null : await claimInFolder(store, "listener");
  const partition = claim?.partition ?? 0;
  const write = async (name: string, columns: readonly Column[], by: string, rows: object[]) => {
    if (rows.length === 0) return;
    const writer = openTopicWriter({
      ...{ store, files, topic: name, partition, columns, sortedBy: [by] },
    });
    const file = await writer.start();
    file.append(rows);
    await writer.publish(file, await nextOffset(store, name, partition));
  };
  try {
    await write(topic, TOOT_COLUMNS, "posted_at", [...toots]);
    await write(deleteTopic(topic), DELETION_COLUMNS, "deleted_at", [...deletions]);
    await write(coverageTopic(topic), COVERAGE_COLUMNS, "from", [...coverage]);
  } finally {
    claim?.release();
    files.close();
  }
}

/** Writes the result of a query as a file of a lake, as another program might have written it. */
export async function writeSql(location: string, path: string, sql: string): Promise<void> {
  await Deno.mkdir(dirname(join(location, path)), { recursive: true });
  const lake = await openLake({ location });
  await lake.exec(`copy (${sql}) to '${join(location, path)}' (format parquet)`);
  await lake.close();
}

/** Opens a lake, makes its views, and closes it after `work`. */
export async function withViews<T>(
  location: string,
  work: (lake: Lake) => Promise<T>,
  engine: EngineName = "native",
): Promise<T> {
  const lake = await openLake({ location, engine });
  try {
    await createViews(lake);
    return await work(lake);
  } finally {
    await lake.close();
  }
}

/** Returns all rows of the view `mastodon_toot`, in a fixed order. */
export function allToots(location: string): Promise<Row[]> {
  return withViews(
    location,
    (lake) => lake.query("select * from mastodon_toot order by uri, url, base_url, m_id"),
  );
}
