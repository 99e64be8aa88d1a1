/**
 * Publishes the next version of the table.
 *
 * All files of the version are written first. They take effect in a single step: the exclusive
 * creation of `v<N>.metadata.json`.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { compactedFolder } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { type DataFile, type ManifestEntry, STATUS, writeManifest } from "./iceberg/manifest.ts";
import { type ManifestFile, manifestFileOf, writeManifestList } from "./iceberg/manifest-list.ts";
import {
  currentSnapshot,
  newMetadata,
  nextMetadata,
  type Snapshot,
  type TableMetadata,
} from "./iceberg/metadata.ts";
import type { Schema } from "./iceberg/schema.ts";
import type { LakeTable, SideFile } from "./read/lake-table.ts";
import { lakePath, newestVersion, readTable, SUMMARY } from "./read/read-table.ts";
import {
  metadataFolder,
  metadataPath,
  tableLocation,
  versionHintPath,
} from "./read/table-paths.ts";

/** The changes of a commit. */
export interface Change {
  readonly schema: Schema;
  readonly added: readonly DataFile[];
  /** The paths of data files that are replaced or dropped, relative to the lake. */
  readonly removed: ReadonlySet<string>;
  /**
   * True if older snapshots contain toots that this change deletes, replaces, withholds or drops.
   * Then the older snapshots expire at once.
   */
  readonly expire: boolean;
  readonly deletions: readonly SideFile[];
  readonly optOuts: readonly SideFile[];
  readonly coverage: readonly SideFile[];
  readonly index: readonly SideFile[] | null;
  readonly posts: readonly SideFile[] | null;
  readonly taken: Readonly<Record<string, string>>;
}

/** The lake and the topic of a commit, and the effects that tests replace. */
export interface CommitPlace {
  readonly store: Store;
  readonly topic: string;
  readonly now: () => number;
  /** Called between any two steps that change the lake. */
  readonly step: (name: string) => void | Promise<void>;
}

/**
 * A commit keeps the older snapshots that were published less than this many milliseconds ago,
 * unless something in them was deleted or replaced.
 */
const SNAPSHOT_MS = 2 * 3_600_000;
/** The maximum number of older snapshots that a commit keeps. */
const SNAPSHOTS = 10;

/** A property of the table with a random value, by which a process recognizes its own version. */
const COMMIT_ID = "mastodon-stream.commit-id";

/**
 * Publishes a new snapshot.
 *
 * @param table the version that the change is based on
 * @returns the table after the commit
 * @throws {Failure} if another compaction has published a version meanwhile
 */
export async function commit(
  place: CommitPlace,
  table: LakeTable,
  change: Change,
): Promise<LakeTable> {
  const { store, topic, now, step } = place;
  const location = tableLocation(store, topic);
  const base = table.metadata ?? newMetadata(location, change.schema, now());
  const moved = base.location !== location;
  const parent = currentSnapshot(base);
  const ids = {
    snapshot_id: crypto.getRandomValues(new Uint32Array(2)).reduce(
      (id, part, i) => i === 0 ? part & 0x1fffff : id * 2 ** 32 + part,
      0,
    ) || 1,
    parent_id: parent?.["snapshot-id"] ?? null,
    sequence_number: base["last-sequence-number"] + 1,
  };
  const write = async (name: string, bytes: Uint8Array) => {
    const path = `${metadataFolder(topic)}${name}`;
    await writeFile(store, path, bytes);
    return `${location}/metadata/${name}`;
  };

  const removes = (entry: ManifestEntry) =>
    change.removed.has(lakePath(entry.data_file.file_path, base.location, topic));
  const months = manifestsOf(table, change.added, removes, base.location, location);
  const manifests: ManifestFile[] = [...months.kept];
  const unique = `${ids.sequence_number}-${crypto.randomUUID()}`;
  for (const [index, entries] of months.rewritten.entries()) {
    const own = entries.map((entry) =>
      entry.status === STATUS.existing ? entry : { ...entry, snapshot_id: ids.snapshot_id }
    );
    const bytes = writeManifest(change.schema, own);
    const path = await write(`${unique}-m${index}.avro`, bytes);
    manifests.push(manifestFileOf(path, bytes.length, own, ids));
  }
  await step("wrote manifests");
  const list = await write(`snap-${unique}.avro`, writeManifestList(manifests, ids));
  const taken = `taken-${unique}.json`;
  await write(taken, new TextEncoder().encode(JSON.stringify(change.taken)));
  await step("wrote manifest list");

  const snapshot: Snapshot = {
    "snapshot-id": ids.snapshot_id,
    ...(parent && { "parent-snapshot-id": parent["snapshot-id"] }),
    "sequence-number": ids.sequence_number,
    "timestamp-ms": Math.max(now(), base["last-updated-ms"]),
    "manifest-list": list,
    summary: summaryOf(topic, manifests, change, `metadata/${taken}`),
    "schema-id": change.schema["schema-id"],
  };
  const older = change.expire || moved ? [] : base.snapshots
    .filter((one) => now() - one["timestamp-ms"] < SNAPSHOT_MS).slice(-SNAPSHOTS);
  const next = nextMetadata(base, location, change.schema, [...older, snapshot], now());
  return await publish(place, table.version + 1, next);
}

/**
 * Publishes the table's files unchanged under the next version number. After that, another
 * compaction that is based on the old number cannot publish any more, so its files may be removed.
 *
 * @returns the table with its new version
 * @throws {Failure} if another compaction has published a version meanwhile
 */
export async function fence(
  place: CommitPlace,
  table: LakeTable,
  schema: Schema,
): Promise<LakeTable> {
  const location = tableLocation(place.store, place.topic);
  const metadata = table.metadata ?? newMetadata(location, schema, place.now());
  return await publish(place, table.version + 1, metadata);
}

async function publish(
  { store, topic, step }: CommitPlace,
  version: number,
  metadata: TableMetadata,
): Promise<LakeTable> {
  // Without the id, two processes that fence the same version would write the same text, and both
  // would take it for their own.
  const properties = { ...metadata.properties, [COMMIT_ID]: crypto.randomUUID() };
  const text = JSON.stringify({ ...metadata, properties }, null, 1) + "\n";
  const path = metadataPath(topic, version);
  const written = await store.writeText(path, text, null);
  // The answer of the object store may have been lost. If the file contains our text, we have
  // written it.
  const ours = written !== null || (await store.readText(path))?.text === text;
  // If this process was paused for long, others may have published this version and later ones, and
  // removed the file of this version since. Then our file must not count.
  const late = ours && await newestVersion(store, topic) > version;
  if (late) await store.remove([path]);
  if (!ours || late) {
    throw new Failure(
      `another process compacted the lake '${store.location}' at the same time and published ` +
        `first; nothing is lost`,
    );
  }
  await step("published");
  await writeVersionHint(store, topic);
  await step("wrote version hint");
  return await readTable(store, topic);
}

/**
 * Writes the file that tells other engines the newest version. The newest version is looked up
 * again after writing, because another process may have published one meanwhile.
 */
export async function writeVersionHint(store: Store, topic: string): Promise<void> {
  const path = versionHintPath(topic);
  for (;;) {
    const version = await newestVersion(store, topic);
    if ((await store.readText(path))?.text === String(version)) return;
    await writeFile(store, path, new TextEncoder().encode(String(version)));
  }
}

async function writeFile(store: Store, path: string, bytes: Uint8Array): Promise<void> {
  const scratch = await store.scratch("table");
  await Deno.writeFile(scratch, bytes);
  await store.publish(scratch, path, 0);
}

/**
 * Returns the manifests that stay as they are, and the entries of the manifests to be written. Each
 * month has one manifest. `was` and `is` are the table's locations before and after the commit.
 */
function manifestsOf(
  { manifests }: LakeTable,
  added: readonly DataFile[],
  removes: (entry: ManifestEntry) => boolean,
  was: string,
  is: string,
): { kept: ManifestFile[]; rewritten: ManifestEntry[][] } {
  const months = new Map<number | null, ManifestEntry[]>();
  for (const data_file of added) {
    const entry = { status: STATUS.added, snapshot_id: 0, sequence_number: null, data_file };
    months.set(data_file.month, [...months.get(data_file.month) ?? [], entry]);
  }
  const kept: ManifestFile[] = [];
  for (const { file, entries } of manifests) {
    const live = entries.filter(({ status }) => status !== STATUS.deleted);
    const month = entries[0]?.data_file.month ?? null;
    // If the lake was moved, all paths are written again.
    const stays = was === is && !entries.some(isBoundedDelete);
    if (stays && !months.has(month) && !live.some(removes)) {
      kept.push(file);
      continue;
    }
    const others = live.map((entry): ManifestEntry => {
      const file_path = is + entry.data_file.file_path.slice(was.length);
      const data_file = { ...entry.data_file, file_path };
      return removes(entry)
        ? { ...entry, status: STATUS.deleted, data_file: { ...data_file, ...NO_BOUNDS } }
        : { ...entry, status: STATUS.existing, data_file };
    });
    months.set(month, [...others, ...months.get(month) ?? []]);
  }
  return { kept, rewritten: [...months.values()].filter((entries) => entries.length > 0) };
}

/**
 * A removed file keeps no bounds, because they may be values of deleted or withdrawn toots. Readers
 * do not need them.
 */
const NO_BOUNDS = { lower_bounds: new Map(), upper_bounds: new Map() } as const;

/** Returns true for a removed file with bounds, which earlier releases wrote. */
function isBoundedDelete({ status, data_file }: ManifestEntry): boolean {
  return status === STATUS.deleted && data_file.upper_bounds.size > 0;
}

function summaryOf(
  topic: string,
  manifests: readonly ManifestFile[],
  change: Change,
  taken: string,
): Record<string, string> {
  const sum = (of: (manifest: ManifestFile) => number) =>
    String(manifests.reduce((total, manifest) => total + of(manifest), 0));
  const rows = (files: readonly { record_count: number }[]) =>
    String(files.reduce((total, file) => total + file.record_count, 0));
  const side = (files: readonly SideFile[]) =>
    JSON.stringify(
      files.map((file) => ({ ...file, path: file.path.slice(compactedFolder(topic).length) })),
    );
  const { added, removed } = change;
  return {
    operation: removed.size === 0 ? "append" : added.length === 0 ? "delete" : "overwrite",
    "added-data-files": String(added.length),
    "added-records": rows(added),
    "deleted-data-files": String(removed.size),
    "total-data-files": sum((one) => one.added_files_count + one.existing_files_count),
    "total-records": sum((one) => one.added_rows_count + one.existing_rows_count),
    [SUMMARY.taken]: taken,
    [SUMMARY.deletions]: side(change.deletions),
    [SUMMARY.optOuts]: side(change.optOuts),
    [SUMMARY.coverage]: side(change.coverage),
    ...(change.index && { [SUMMARY.index]: side(change.index) }),
    ...(change.posts && { [SUMMARY.posts]: side(change.posts) }),
  };
}
