/**
 * One version of the compacted lake: the files that it consists of.
 *
 * @module
 */
import type { StoredFile } from "../../store/store.ts";
import { type Days, overlap } from "./days.ts";
import type { ManifestEntry } from "../iceberg/manifest.ts";
import type { ManifestFile } from "../iceberg/manifest-list.ts";
import type { TableMetadata } from "../iceberg/metadata.ts";

/** A file of the compacted lake. */
export interface SideFile {
  /** The path relative to the lake. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A file of compacted toots. */
export interface CompactedFile extends SideFile {
  /** The days on which its toots were posted; null if unknown. */
  readonly days: Days | null;
  /** True if it has all columns. Files of earlier releases may lack some. */
  readonly complete: boolean;
}

/** A manifest of the current snapshot, with the entries of the manifest. */
export interface OpenManifest {
  readonly file: ManifestFile;
  readonly entries: readonly ManifestEntry[];
}

/** One version of the compacted lake. */
export interface LakeTable {
  /** The version, which rises with every commit; 0 if there is no table yet. */
  readonly version: number;
  /** The metadata; null if there is no table yet. */
  readonly metadata: TableMetadata | null;
  readonly manifests: readonly OpenManifest[];
  /** The files of toots. */
  readonly files: readonly CompactedFile[];
  /** The files of deletes that compactions have applied. */
  readonly deletions: readonly SideFile[];
  /** The files of opt-outs that compactions have applied. */
  readonly optOuts: readonly SideFile[];
  /** The files of compacted coverage. */
  readonly coverage: readonly SideFile[];
  /** The files of the index of ids, see `index/id-index.ts`; null if there is none yet. */
  readonly index: readonly SideFile[] | null;
  /**
   * The files of the index of posts, see `index/post-index.ts`; empty if the table needs none, and
   * null if that is not known.
   */
  readonly posts: readonly SideFile[] | null;
  /**
   * The raw files that are compacted, with their versions. A file with the same name and another
   * version is new.
   */
  readonly taken: Readonly<Record<string, string>>;
}

/** A lake without a table. */
export const NO_TABLE: LakeTable = {
  ...{ version: 0, metadata: null, manifests: [], files: [] },
  ...{ deletions: [], optOuts: [], coverage: [], index: null, posts: null, taken: {} },
};

/** Returns the files without toots that the views read: deletes, opt-outs and coverage. */
export function sideFilesOf({ deletions, optOuts, coverage }: LakeTable): SideFile[] {
  return [...deletions, ...optOuts, ...coverage];
}

/** Returns the files that are not compacted yet. */
export function freshFiles(files: readonly StoredFile[], { taken }: LakeTable): StoredFile[] {
  return files.filter(({ path, version }) => taken[path] !== version);
}

/**
 * Returns the files with toots of the days in `wanted`, where null is the unknown day. Without
 * `wanted`, returns all files.
 */
export function compactedFiles(
  { files }: LakeTable,
  wanted?: readonly (Days | null)[],
): readonly CompactedFile[] {
  if (wanted === undefined) return files;
  return files.filter(({ days }) =>
    wanted.some((other) => days === null || other === null ? days === other : overlap(days, other))
  );
}
