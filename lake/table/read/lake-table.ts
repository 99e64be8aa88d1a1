/**
 * The compacted lake at one version: which files it is made of.
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
  /** Relative to the lake. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A file of compacted toots. */
export interface CompactedFile extends SideFile {
  /** The days on which its toots were posted; null if that is not known. */
  readonly days: Days | null;
  /** Whether it has all columns; files of earlier releases may lack some. */
  readonly complete: boolean;
}

/** A manifest of the current snapshot and its entries. */
export interface OpenManifest {
  readonly file: ManifestFile;
  readonly entries: readonly ManifestEntry[];
}

/** One version of the compacted lake. */
export interface LakeTable {
  /** Rises with every commit; 0 if there is no table yet. */
  readonly version: number;
  /** Null if there is no table yet. */
  readonly metadata: TableMetadata | null;
  readonly manifests: readonly OpenManifest[];
  /** The files of toots. */
  readonly files: readonly CompactedFile[];
  /** What servers said is gone, as far as it was applied. */
  readonly deletions: readonly SideFile[];
  /** Authors who opted out, as far as it was applied. */
  readonly optOuts: readonly SideFile[];
  /** Records of coverage that compaction has taken in. */
  readonly coverage: readonly SideFile[];
  /** The days of ids and authors; see `id-index.ts`. Null if nobody has made one yet. */
  readonly index: readonly SideFile[] | null;
  /**
   * Raw files that are in the compacted ones, and their versions: a file that was
   * written anew under the same name counts again.
   */
  readonly taken: Readonly<Record<string, string>>;
}

/** No table. */
export const NO_TABLE: LakeTable = {
  ...{ version: 0, metadata: null, manifests: [], files: [] },
  ...{ deletions: [], optOuts: [], coverage: [], index: null, taken: {} },
};

/** The files of a table that views read beside those of toots. */
export function sideFilesOf({ deletions, optOuts, coverage }: LakeTable): SideFile[] {
  return [...deletions, ...optOuts, ...coverage];
}

/** The files that no compaction has taken in yet. */
export function freshFiles(files: readonly StoredFile[], { taken }: LakeTable): StoredFile[] {
  return files.filter(({ path, version }) => taken[path] !== version);
}

/** The files that hold toots of some days, or of an unknown one, or all files. */
export function compactedFiles(
  { files }: LakeTable,
  wanted?: readonly (Days | null)[],
): readonly CompactedFile[] {
  if (wanted === undefined) return files;
  return files.filter(({ days }) =>
    wanted.some((other) => days === null || other === null ? days === other : overlap(days, other))
  );
}
