/**
 * Where files are in a lake. It is the layout of Confluent's S3 sink, so that the same SQL
 * reads its files and ours.
 *
 * @module
 */

/** The parts of a raw file's name. */
export interface RawName {
  readonly topic: string;
  readonly partition: number;
  /** Offset of its first row. */
  readonly offset: bigint;
}

/** The folder of a topic's raw files, relative to the lake. */
export function topicFolder(topic: string): string {
  return `topics/${topic}/`;
}

/** The folder of one partition of a topic, relative to the lake. */
export function partitionFolder(topic: string, partition: number): string {
  return `${topicFolder(topic)}partition=${partition}/`;
}

/** The folder of a topic's compacted files, relative to the lake. */
export function compactedFolder(topic: string): string {
  return `compacted/${topic}/`;
}

/**
 * The path of a raw file, relative to the lake. The codec is part of the name,
 * as in the S3 sink's.
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

/** The partition of a path; null if it is in none. */
export function partitionOf(path: string): number | null {
  const match = /(?:^|\/)partition=(\d+)\//.exec(path);
  return match ? Number(match[1]) : null;
}

/** True for a Parquet file that readers should see; false for a file that is being written. */
export function isVisible(path: string): boolean {
  return path.endsWith(".parquet") &&
    !path.split("/").some((part) => part.startsWith(".") || part.startsWith("_"));
}
