/**
 * Files as the wasm engine needs them: found and read at once, without a
 * promise, because the wasm code cannot wait for one.
 *
 * @module
 */

/** A place that files are read from. Paths are whole: `/a/b.parquet`, `s3://bucket/key`. */
export interface Files {
  /**
   * Every file that matches, in the order of their paths; a path without wildcards matches itself.
   * None is an empty list, or a {@linkcode Failure} that says it better than the engine.
   */
  glob(pattern: string): string[];
  /**
   * Makes a file ready for {@linkcode Files.read}, and tells its size in bytes.
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
  /** The reader is done with a file. */
  release(path: string): void;
  /** A new statement begins: what was remembered of which files there are is stale. */
  refresh(): void;
  close(): void;
}
