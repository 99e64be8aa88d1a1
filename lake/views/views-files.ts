/**
 * The files that the views are made of, as they lie in the lake at one time.
 *
 * @module
 */
import type { EngineName } from "../engine/lake.ts";
import { isVisible, topicFolder } from "../store/layout.ts";
import { fresh, type Manifest, manifestPath, readManifest } from "../table/manifest.ts";
import { deleteTopic } from "../../record/record.ts";
import type { Store, StoredFile } from "../store/store.ts";

/** Raw files of a topic that no compaction has taken in. */
export interface Raw {
  readonly files: readonly StoredFile[];
  /** A pattern that means just these; null where there is none. */
  readonly pattern: string | null;
}

/** The files of a lake at one time. */
export interface Seen {
  readonly manifest: Manifest;
  readonly version: string | null;
  readonly toots: Raw;
  readonly deletes: Raw;
}

/** Above this many files, reading them once and keeping the rows is what is quick. */
const MANY_FILES = 16;

/** Looks which files there are. */
export async function look(store: Store, topic: string): Promise<Seen> {
  // First the files, then the manifest: what it has taken in and removed meanwhile
  // is missed when it is read, and we look again. The other way round the toots
  // would be in neither.
  const folders = [topicFolder(topic), topicFolder(deleteTopic(topic))] as const;
  const listed = await Promise.all(folders.map(async (folder) => await store.list(folder)));
  const { manifest, version } = await readManifest(store, topic);
  const [toots, deletes] = folders.map((folder, i): Raw => {
    const files = fresh(listed[i]!.filter(({ path }) => isVisible(path)), manifest);
    const exact = files.length === listed[i]!.filter(({ path }) =>
      path.endsWith(".parquet")
    ).length;
    return { files, pattern: exact ? store.url(`${folder}**/*.parquet`) : null };
  }) as [Raw, Raw];
  return { manifest, version, toots, deletes };
}

/** False where a compaction has come between. */
export async function isStill(store: Store, topic: string, { version }: Seen): Promise<boolean> {
  return (await store.readText(manifestPath(topic)))?.version === (version ?? undefined);
}

/** True where there are so many that each must cost little. */
export function areMany({ files }: Raw): boolean {
  return files.length > MANY_FILES;
}

/**
 * What to call files that are read once, now. Where they lie in an object store, a
 * pattern spares one request a file.
 */
export function namesOf(store: Store, raw: Raw, engine: EngineName): string[] {
  if (areMany(raw) && raw.pattern && engine === "native") return [raw.pattern];
  return raw.files.map(({ path }) => store.url(path));
}
