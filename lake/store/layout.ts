/**
 * The paths of the files in a lake. Raw files have the same paths as those of Confluent's S3 sink,
 * so that the same SQL reads both.
 *
 * @module
 */

/** The parts of a raw file's name. */
export interface RawName {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the file's first row. */
  readonly offset: bigint;
}

/** Returns the folder of a topic's raw files, relative to the lake. */
export function topicFolder(topic: string): string {
  return `topics/${topic}/`;
}

/** Returns the folder of one partition of a topic, relative to the lake. */
export function partitionFolder(topic: string, partition: number): string {
  return `${topicFolder(topic)}partition=${partition}/`;
}

/** Returns the folder of a topic's compacted files, relative to the lake. */
export function compactedFolder(topic: string): string {
  return `compacted/${topic}/`;
}

/**
 * Returns the path of a raw file, relative to the lake. The codec is part of the name, as in the
 * names of the S3 sink.
 *
 * @example
 * ```ts
 * import { rawPath } from "./layout.ts";
 *
 * const path = rawPath({ topic: "toots", partition: 0, offset: 50000n });
 * if (path !== "topics/toots/partition=0/toots+0+0000050000.zstd.parquet") throw new Error(path);
 * ```
 */
export function rawPath({ topic, partition, offset }: RawName): string {
  const first = String(offset).padStart(10, "0");
  return `${partitionFolder(topic, partition)}${topic}+${partition}+${first}.zstd.parquet`;
}

/** Reads the name of a raw file with any codec; null if it is not a raw file's name. */
export function parseRawPath(path: string): RawName | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const match = /^(.+)\+(\d+)\+(\d{10,})(?:\.\w+)?\.parquet$/.exec(name);
  if (!match) return null;
  return { topic: match[1]!, partition: Number(match[2]), offset: BigInt(match[3]!) };
}

/** Returns the partition of a path; null if the path is not in a partition. */
export function partitionOf(path: string): number | null {
  const match = /(?:^|\/)partition=(\d+)\//.exec(path);
  return match ? Number(match[1]) : null;
}

/**
 * Returns true for a Parquet file that readers may read, and false for any other path. A file or
 * folder whose name begins with `.` or `_` is hidden from readers, because its contents may be
 * incomplete.
 */
export function isVisible(path: string): boolean {
  return path.endsWith(".parquet") &&
    !path.split("/").some((part) => part.startsWith(".") || part.startsWith("_"));
}
