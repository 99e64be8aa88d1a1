/**
 * The raw files that a compaction reads, and those that wait for the end of their day.
 *
 * @module
 */
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import type { Lake } from "../engine/lake.ts";
import { isVisible, topicFolder } from "../store/layout.ts";
import type { Store, StoredFile } from "../store/store.ts";
import * as sql from "./compact-sql.ts";
import { freshFiles, type LakeTable, sideFilesOf } from "./read/lake-table.ts";
import { readTable } from "./read/read-table.ts";

/** Lists the URLs of the files that a compaction may read. */
export async function readUrls(store: Store, topic: string): Promise<string[]> {
  const table = await readTable(store, topic);
  const raw = await Promise.all(
    [topic, deleteTopic(topic), coverageTopic(topic)].map((one) => listFresh(store, one, table)),
  );
  return [...raw.flat(), ...sideFilesOf(table), ...table.files]
    .map(({ path }) => store.url(path));
}

/** Lists the raw files of a topic that are not compacted yet. */
export async function listFresh(
  store: Store,
  topic: string,
  table: LakeTable,
): Promise<StoredFile[]> {
  const files = await store.list(topicFolder(topic));
  return freshFiles(files.filter(({ path }) => isVisible(path)), table);
}

/**
 * Removes the loaded records of the files that must wait, and returns these files. A file waits if
 * it has toots of the day `before` or later, and was written on that day or later. Without the
 * second condition, a toot of a server whose clock is years ahead would wait for years.
 */
export async function leaveOpen(
  lake: Lake,
  store: Store,
  raw: readonly StoredFile[],
  before: string,
): Promise<Set<StoredFile>> {
  const reaching = new Set(
    (await lake.query<{ filename: string }>(sql.REACHING_SQL, { before }))
      .map(({ filename }) => filename),
  );
  const start = Date.parse(`${before}T00:00:00Z`);
  const open = raw.filter((file) => file.modified >= start && reaching.has(store.url(file.path)));
  if (open.length > 0) {
    await lake.exec(sql.leaveSql(open.map(({ path }) => store.url(path))));
  }
  return new Set(open);
}
