/**
 * The files of a lake, in a folder or in an object store. A store lists, writes and removes files.
 * DuckDB reads Parquet files itself, without the store.
 *
 * @module
 */

/** A file of the lake. */
export interface StoredFile {
  /** The path relative to the lake, with `/` on every system. */
  readonly path: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970. */
  readonly modified: number;
  /** A text that changes whenever the file is written again. */
  readonly version: string;
}

/** The files of one lake. All paths are relative to the lake. */
export interface Store {
  readonly location: string;
  /** Returns the absolute path or the `s3://` URL of a file, with which DuckDB reads it. */
  url(path: string): string;
  /** Lists the files whose paths start with `prefix`, in the order of their paths. */
  list(prefix: string): Promise<StoredFile[]>;
  /** Reads a small file's text and version; null if it does not exist. */
  readText(path: string): Promise<{ text: string; version: string } | null>;
  /** Reads a file's bytes; null if it does not exist. */
  readBytes(path: string): Promise<Uint8Array | null>;
  /**
   * Writes a small file in one step, so that readers see either the old or the new text. Nothing is
   * written if the file's present version is not `over`, or if `over` is null and the file exists.
   *
   * @returns the new version, or null if nothing was written
   */
  writeText(path: string, text: string, over: string | null): Promise<string | null>;
  /**
   * Returns a new path on this machine, for a file that {@linkcode publish} will move into the
   * store.
   */
  scratch(name: string): Promise<string>;
  /**
   * Moves a finished file from {@linkcode scratch} into the store. The file appears as a whole,
   * replaces an existing file, and survives a power cut. `rows` is the number of rows in the file.
   * An object store stores that number too.
   */
  publish(scratch: string, path: string, rows: number): Promise<void>;
  /**
   * Returns the number of rows that was stored by {@linkcode publish}; null if the store does not
   * store it.
   */
  rowCount(path: string): Promise<number | null>;
  /**
   * Returns the path of the file on this machine, after downloading it if necessary. `done` removes
   * the download.
   */
  local(path: string): Promise<{ path: string; done(): Promise<void> }>;
  /** Removes files; files that do not exist are ignored. */
  remove(paths: readonly string[]): Promise<void>;
}

/** Adds up the bytes of several files. */
export function totalBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
