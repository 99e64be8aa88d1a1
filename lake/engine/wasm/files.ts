/**
 * The wasm engine's access to files. Its methods return no promises, because the wasm code cannot
 * wait for them.
 *
 * @module
 */

/** A place with files. Paths are absolute: `/a/b.parquet`, `s3://bucket/key`. */
export interface Files {
  /**
   * Lists the files that match `pattern`, in the order of their paths. A path without wildcards
   * matches itself. If nothing matches, `glob` returns an empty list, or throws a
   * {@linkcode Failure} that says more than the engine would.
   */
  glob(pattern: string): string[];
  /**
   * Prepares a file for {@linkcode Files.read}, and returns its size in bytes.
   *
   * @throws {Failure} if the file does not exist or cannot be read
   */
  open(path: string): number;
  /**
   * Fills `into` with the file's bytes, starting at index `at`.
   *
   * @throws {Failure} if the file has fewer bytes than that, or cannot be read
   */
  read(path: string, at: number, into: Uint8Array): void;
  /** Called when the file will not be read any more. */
  release(path: string): void;
  /**
   * Called before each statement. Forgets the list of files, because files may have changed since
   * the previous statement.
   */
  refresh(): void;
  close(): void;
}
