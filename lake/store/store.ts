/**
 * The files of a lake, in a folder or in an object store: everything that is done to
 * them except reading Parquet.
 *
 * @module
 */

/** A file of the lake. */
export interface StoredFile {
  /** Relative to the lake, with `/` on every system. */
  readonly path: string;
  readonly bytes: number;
  /** When it was written, milliseconds since 1970. */
  readonly modified: number;
  /** Changes whenever the file is written again. */
  readonly version: string;
}

/** The files of one lake. Paths are relative to it. */
export interface Store {
  readonly location: string;
  /** What DuckDB calls the file. */
  url(path: string): string;
  /** Every file whose path starts with `prefix`, in the order of their paths. */
  list(prefix: string): Promise<StoredFile[]>;
  /** A small file's text and version; null if it does not exist. */
  readText(path: string): Promise<{ text: string; version: string } | null>;
  /** A file's bytes; null if it does not exist. */
  readBytes(path: string): Promise<Uint8Array | null>;
  /**
   * Writes a small file in one step: readers see the old one or the new one. If the
   * file does not have the version `over` (null: does not exist), nothing is written.
   *
   * @returns the new version, or null if nothing was written
   */
  writeText(path: string, text: string, over: string | null): Promise<string | null>;
  /** A new path on this machine, for a file that {@linkcode publish} moves into the store. */
  scratch(name: string): Promise<string>;
  /**
   * Moves a finished file from {@linkcode scratch} into the store. It appears as a whole,
   * replaces an existing file, and survives a power cut. An object store keeps `rows`
   * with it.
   */
  publish(scratch: string, path: string, rows: number): Promise<void>;
  /** The `rows` given to {@linkcode publish}; null if the store does not keep them. */
  rowCount(path: string): Promise<number | null>;
  /** The file on this machine, downloaded if necessary; `done` removes the download. */
  local(path: string): Promise<{ path: string; done(): Promise<void> }>;
  /** Removes files; files that do not exist are ignored. */
  remove(paths: readonly string[]): Promise<void>;
}

/** The bytes of several files together. */
export function totalBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
