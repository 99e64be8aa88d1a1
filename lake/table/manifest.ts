/**
 * What compaction has made of a topic: which compacted files stand, and which raw
 * files they have taken in. It is replaced in one step, so that a reader sees the
 * lake as it was before a compaction or as it is after it.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { compactedFolder } from "../store/layout.ts";
import type { Store, StoredFile } from "../store/store.ts";

/** A compacted file. */
export interface CompactedFile {
  /** Relative to the lake. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The contents of `manifest.json`. */
export interface Manifest {
  readonly format: 1;
  /** Rises by one with every compaction. */
  readonly generation: number;
  /** The files of each day (`2026-11-23`, UTC) on which toots were posted. */
  readonly days: Readonly<Record<string, readonly CompactedFile[]>>;
  /** What servers said is gone, as far as it was applied. */
  readonly deletions: readonly CompactedFile[];
  /**
   * Raw files of both topics that are in the compacted ones, and their versions: a
   * file that was written anew under the same name counts again.
   */
  readonly taken: Readonly<Record<string, string>>;
}

/** A manifest, and which version of the file it was. */
export interface ReadManifest {
  readonly manifest: Manifest;
  /** Null where nothing was ever compacted. */
  readonly version: string | null;
}

const NOTHING: Manifest = { format: 1, generation: 0, days: {}, deletions: [], taken: {} };

/** Where the manifest of a topic lies, relative to the lake. */
export function manifestPath(topic: string): string {
  return `${compactedFolder(topic)}manifest.json`;
}

/**
 * Reads the manifest of a topic.
 *
 * @throws {Failure} where it cannot be understood: guessing could show toots twice
 */
export async function readManifest(store: Store, topic: string): Promise<ReadManifest> {
  const path = manifestPath(topic);
  const read = await store.readText(path);
  if (read === null) return { manifest: NOTHING, version: null };
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(read.text);
  } catch (cause) {
    throw new Failure(`${store.url(path)} is no JSON; bring it back from a copy`, { cause });
  }
  if (manifest?.format !== 1) {
    throw new Failure(`${store.url(path)} is of another format than 1; use a newer version`);
  }
  return { manifest: { ...NOTHING, ...manifest }, version: read.version };
}

/**
 * Replaces the manifest in one step.
 *
 * @throws {Failure} where another compaction has replaced it meanwhile
 */
export async function swapManifest(
  store: Store,
  topic: string,
  manifest: Manifest,
  over: string | null,
): Promise<string> {
  const text = JSON.stringify(manifest, null, 1) + "\n";
  const version = await store.writeText(manifestPath(topic), text, over);
  if (version === null) {
    throw new Failure(`another compaction of lake '${store.location}' was faster; nothing is lost`);
  }
  return version;
}

/** The files that no compaction has taken in yet. */
export function fresh(files: readonly StoredFile[], { taken }: Manifest): StoredFile[] {
  return files.filter(({ path, version }) => taken[path] !== version);
}

/** All compacted files of some days, or of all. */
export function compactedFiles({ days }: Manifest, wanted?: (day: string) => boolean) {
  return Object.keys(days).sort().filter((day) => wanted?.(day) ?? true)
    .flatMap((day) => days[day]!);
}
