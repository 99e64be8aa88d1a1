/**
 * Finds the last file of a partition, after which a writer continues.
 *
 * @module
 */
import { isVisible, parseRawPath, partitionFolder } from "../store/layout.ts";
import type { Store } from "../store/store.ts";

/** Returns the partition's raw file with the highest offset; null if the partition is empty. */
export async function lastFile(
  store: Store,
  topic: string,
  partition: number,
): Promise<{ path: string; offset: bigint } | null> {
  let last: { path: string; offset: bigint } | null = null;
  for (const { path } of await store.list(partitionFolder(topic, partition))) {
    const name = isVisible(path) ? parseRawPath(path) : null;
    if (name && (last === null || name.offset >= last.offset)) last = { path, offset: name.offset };
  }
  return last;
}
