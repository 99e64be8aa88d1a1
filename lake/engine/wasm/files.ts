/**
 * The wasm engine's access to files. It has no promises, because the wasm code cannot wait for
 * one.
 *
 * @module
 */

/** A place with files. Paths are absolute: `/a/b.parquet`, `s3://bucket/key`. */
export interface Files {
  /**
   * Every file that matches, in the order of their paths. A path without wildcards matches
   * itself. Without a match the list is empty, or a {@linkcode Failure} explains more than the
   * engine could.
   */
  glob(pattern: string): string[];
  /**
   * Prepares a file for {@linkcode Files.read}, and returns its size in bytes.
   *
   * @throws {Failure} where there is none, or it cannot be had
   */
  open(path: string): number;
  /**
   * Fills `into` with the bytes from `at` on.
   *
   * @throws {Failure} where the file no longer holds so many, or cannot be had
   */
  read(path: string, at: number, into: Uint8Array): void;
  /** The file is not read any more. */
  release(path: string): void;
  /** A new statement begins: forget which files exist. */
  refresh(): void;
  close(): void;
}
