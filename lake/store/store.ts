/**
 * The files of a lake, whether in a folder or in an object store: the little
 * that is done to them beside reading Parquet.
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
  /** Another one where the file was written anew. */
  readonly version: string;
}

/** The files of one lake. Paths are relative to it. */
export interface Store {
  readonly location: string;
  /** What DuckDB calls the file. */
  url(path: string): string;
  /** Every file whose path starts with `prefix`, in the order of their paths. */
  list(prefix: string): Promise<StoredFile[]>;
  /** A small file's text and version; null where there is none. */
  readText(path: string): Promise<{ text: string; version: string } | null>;
  /** A file's bytes; null if it does not exist. */
  readBytes(path: string): Promise<Uint8Array | null>;
  /**
   * Writes a small file in one step: readers see the old one or the new one.
   * `over` is the version that it is to replace, null for none: where another
   * one stands there it writes nothing and answers null, else the new version.
   */
  writeText(path: string, text: string, over: string | null): Promise<string | null>;
  /** A fresh path on this machine to write a file to, before {@linkcode publish}. */
  scratch(name: string): Promise<string>;
  /**
   * Brings a finished file from {@linkcode scratch} to its place, where it
   * appears whole, replaces what was there, and survives a power cut.
   * `rows` is kept beside it where the store can.
   */
  publish(scratch: string, path: string, rows: number): Promise<void>;
  /** The rows that {@linkcode publish} was told; null where that is not kept. */
  rowsOf(path: string): Promise<number | null>;
  /** The file on this machine, fetched where it must be; `done` lets go of it. */
  local(path: string): Promise<{ path: string; done(): Promise<void> }>;
  /** Takes files away; those that are gone already are no fault. */
  remove(paths: readonly string[]): Promise<void>;
}
