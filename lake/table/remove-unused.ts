/**
 * Removes the files that no version of the table needs any more.
 *
 * @module
 */
import { compactedFolder, isVisible, topicFolder } from "../store/layout.ts";
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import { leasePath } from "./compact-lock.ts";
import { type CommitPlace, fence } from "./commit.ts";
import { STATUS } from "./iceberg/manifest.ts";
import type { Snapshot } from "./iceberg/metadata.ts";
import type { Schema } from "./iceberg/schema.ts";
import type { StoredFile } from "../store/store.ts";
import { type LakeTable, sideFilesOf } from "./read/lake-table.ts";
import { legacyPath } from "./read/legacy-manifest.ts";
import { lakePath, readSnapshot, SUMMARY } from "./read/read-table.ts";
import { versionHintPath, versionOf } from "./read/table-paths.ts";

/** The number of files that are removed between two calls of `step`. */
const REMOVED_AT_ONCE = 8;

/** The number of metadata versions that stay, because other engines may be about to read them. */
const VERSIONS = 10;

/**
 * Removes raw files that are compacted, and files of the table that no snapshot names: files that
 * were replaced, files of expired snapshots, and files of a killed compaction.
 *
 * The files of another running compaction look unused, because they are not published yet. They may
 * be removed only if that compaction cannot publish any more.
 *
 * @param listed the files of the table's folder. The caller must have listed them before it
 * published the version of `table`, because then no compaction that wrote one of them can publish
 * any more. Null to list them now, and to publish a new version before unused files are removed.
 * @returns the table, with a new version if one was published
 */
export async function removeUnused(
  place: CommitPlace,
  table: LakeTable,
  schema: Schema,
  listed: readonly StoredFile[] | null,
): Promise<LakeTable> {
  const { store, topic, step } = place;
  const raw = [
    ...await store.list(topicFolder(topic)),
    ...await store.list(topicFolder(deleteTopic(topic))),
    ...await store.list(topicFolder(coverageTopic(topic))),
  ];
  // A raw file that was replaced after it was compacted has another version and stays.
  const taken = raw.filter(({ path, version }) => isVisible(path) && table.taken[path] === version);
  const needed = await neededFiles(place, table);
  const isUnused = (path: string) => {
    const version = versionOf(path);
    return version === null ? !needed.has(path) : version <= table.version - VERSIONS;
  };
  const unused = (listed ?? await store.list(compactedFolder(topic))).map(({ path }) => path)
    .filter(isUnused);
  let current = table;
  if (listed === null && unused.some((path) => versionOf(path) === null)) {
    current = await fence(place, table, schema);
  }
  const paths = [...unused, ...taken.map(({ path }) => path)];
  for (let done = 0; done < paths.length; done += REMOVED_AT_ONCE) {
    await step("removing");
    await store.remove(paths.slice(done, done + REMOVED_AT_ONCE));
  }
  return current;
}

/** Returns the paths of the files that must stay, relative to the lake. */
async function neededFiles({ store, topic }: CommitPlace, table: LakeTable): Promise<Set<string>> {
  const needed = new Set([
    ...[legacyPath(topic), leasePath(topic), versionHintPath(topic)],
    ...[table.files, sideFilesOf(table), table.index ?? [], table.posts ?? []].flat()
      .map(({ path }) => path),
  ]);
  const { metadata } = table;
  if (metadata === null) return needed;
  const at = (path: string) => lakePath(path, metadata.location, topic);
  const add = async (snapshot: Snapshot) => {
    const { summary } = snapshot;
    needed.add(at(snapshot["manifest-list"]));
    const { taken, ...sides } = SUMMARY;
    if (summary[taken]) needed.add(compactedFolder(topic) + summary[taken]);
    for (const name of Object.values(sides)) {
      for (const { path } of JSON.parse(summary[name] ?? "[]") as { path: string }[]) {
        needed.add(compactedFolder(topic) + path);
      }
    }
    for (const { file, entries } of await readSnapshot(store, topic, metadata, snapshot)) {
      needed.add(at(file.manifest_path));
      for (const { status, data_file } of entries) {
        if (status !== STATUS.deleted) needed.add(at(data_file.file_path));
      }
    }
  };
  for (const snapshot of metadata.snapshots) await add(snapshot);
  return needed;
}
