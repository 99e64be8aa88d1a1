/**
 * Writes the raw files of a topic of the lake.
 *
 * @module
 */
import { DamagedFile } from "../store/failures.ts";
import { rawPath } from "../store/layout.ts";
import { lastFile } from "./last-file.ts";
import type { Column } from "../../record/record.ts";
import { countRows } from "./row-count.ts";
import type { RowFile, RowFiles } from "./row-file.ts";
import type { Store } from "../store/store.ts";

/** Options of {@linkcode openTopicWriter}. */
export interface TopicWriterOptions {
  readonly store: Store;
  readonly files: RowFiles;
  readonly topic: string;
  readonly partition: number;
  readonly columns: readonly Column[];
  /** Columns by which the rows of a file are sorted. */
  readonly sortedBy: readonly string[];
}

/** Writes raw files of one partition of a topic. */
export interface TopicWriter {
  /** Starts collecting the rows of a file. */
  start(): Promise<RowFile>;
  /**
   * Writes the rows as the file that starts at `offset`, and frees them. An existing file of that
   * name is replaced. Resolves with the file's path, relative to the lake, once the file would
   * survive a power cut. Readers see the whole file or nothing of it. After an error the rows are
   * kept, so that the caller can try again.
   */
  publish(rows: RowFile, offset: bigint): Promise<string>;
}

/** Opens a writer. The caller must make sure that no other process writes the partition. */
export function openTopicWriter(options: TopicWriterOptions): TopicWriter {
  const { store, files, topic, partition, columns, sortedBy } = options;
  return {
    start: () => files.start(columns, sortedBy),
    async publish(rows, offset) {
      const path = rawPath({ topic, partition, offset });
      const scratch = await store.scratch(`${topic}+${partition}`);
      try {
        await rows.writeTo(scratch);
        await store.publish(scratch, path, rows.rows);
      } catch (error) {
        await Deno.remove(scratch).catch(() => {});
        throw error;
      }
      await rows.discard();
      return path;
    },
  };
}

/** At least as many rows as any raw file contains. */
const MORE_THAN_A_FILE = 10_000_000n;

/**
 * Returns the offset after the last row of a partition's last file. If that file is damaged, its
 * number of rows is unknown. Then {@linkcode MORE_THAN_A_FILE} is added to its first offset, so
 * that the listener can go on.
 *
 * @param warn receives a message about a damaged file and how to set it aside
 */
export async function nextOffset(
  store: Store,
  topic: string,
  partition: number,
  warn: (message: string) => void = () => {},
): Promise<bigint> {
  const last = await lastFile(store, topic, partition);
  if (last === null) return 0n;
  try {
    return last.offset + BigInt(await countRows(store, last.path));
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    warn(error.message);
    return last.offset + MORE_THAN_A_FILE;
  }
}
