/**
 * The files that the views read, as they are in the lake at one time.
 *
 * @module
 */
import type { EngineName } from "../engine/lake.ts";
import { literalGlob } from "../engine/sql.ts";
import { isVisible, topicFolder } from "../store/layout.ts";
import { isS3 } from "../store/location.ts";
import { freshFiles, type LakeTable } from "../table/read/lake-table.ts";
import { newestVersion, readTable } from "../table/read/read-table.ts";
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import type { Store, StoredFile } from "../store/store.ts";
import type { Files } from "../truth/source-sql.ts";

/** The raw files of a topic that are not compacted. */
export interface RawFiles {
  readonly files: readonly StoredFile[];
  /** A pattern that matches exactly these files; null if there is none. */
  readonly pattern: string | null;
}

/** The files of a lake at one time. */
export interface LakeFiles {
  readonly table: LakeTable;
  readonly toots: RawFiles;
  readonly deletes: RawFiles;
  readonly coverage: RawFiles;
}

/** With more files than this, it is faster to read them once and store the rows in a table. */
const MANY_FILES = 16;

/** Lists the files of a lake. */
export async function listFiles(store: Store, topic: string): Promise<LakeFiles> {
  // The files are listed before the table is read. If a compaction runs in between, reading a
  // removed file fails and the files are listed again. In the other order, the toots of a file that
  // was just compacted would be missing from the table and from the list.
  const folders = [topic, deleteTopic(topic), coverageTopic(topic)].map(topicFolder);
  const listed = await Promise.all(folders.map((folder) => store.list(folder)));
  const table = await readTable(store, topic);
  const [toots, deletes, coverage] = folders.map((folder, i): RawFiles => {
    const parquet = listed[i]!.filter(({ path }) => path.endsWith(".parquet"));
    const files = freshFiles(parquet.filter(({ path }) => isVisible(path)), table);
    const pattern = files.length === parquet.length
      ? `${literalGlob(store.url(folder))}**/*.parquet`
      : null;
    return { files, pattern };
  }) as [RawFiles, RawFiles, RawFiles];
  return { table, toots, deletes, coverage };
}

/** Returns false if a compaction has changed the lake since the files were listed. */
export async function isUnchanged(
  store: Store,
  topic: string,
  { table }: LakeFiles,
): Promise<boolean> {
  return await newestVersion(store, topic) === table.version;
}

/** Returns true if there are so many files that reading them for each query would be slow. */
export function areMany({ files }: RawFiles): boolean {
  return files.length > MANY_FILES;
}

/**
 * Returns the URLs of raw files, or a pattern that matches the files. A pattern is returned for
 * many files in an object store, because it saves one request per file.
 */
export function filesToRead(store: Store, raw: RawFiles, engine: EngineName): Files {
  if (areMany(raw) && raw.pattern && engine === "native" && isS3(store.location)) {
    return { pattern: raw.pattern };
  }
  return raw.files.map(({ path }) => store.url(path));
}
