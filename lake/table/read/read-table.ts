/**
 * Reads the compacted lake: the newest version of its Iceberg table.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { compactedFolder } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import { daysOf, monthDays } from "./days.ts";
import { COMPACTED_COLUMNS } from "../../truth/source-sql.ts";
import { type DataFile, type ManifestEntry, readManifest, STATUS } from "../iceberg/manifest.ts";
import { readManifestList } from "../iceberg/manifest-list.ts";
import { currentSchema, currentSnapshot, type TableMetadata } from "../iceberg/metadata.ts";
import type { Snapshot } from "../iceberg/metadata.ts";
import type { Schema } from "../iceberg/schema.ts";
import {
  type CompactedFile,
  type LakeTable,
  NO_TABLE,
  type OpenManifest,
  type SideFile,
} from "./lake-table.ts";
import { readLegacyTable } from "./legacy-manifest.ts";
import { metadataFolder, metadataPath, versionOf } from "./table-paths.ts";

/**
 * The properties of a snapshot's summary that name the side files, which are not data files of the
 * table.
 */
export const SUMMARY = {
  taken: "mastodon-stream.taken",
  deletions: "mastodon-stream.deletions",
  optOuts: "mastodon-stream.opt-outs",
  coverage: "mastodon-stream.coverage",
  index: "mastodon-stream.index",
  posts: "mastodon-stream.posts",
} as const;

/** The maximum number of attempts to read the table, if commits happen meanwhile. */
const TRIES = 5;

/** Returns the newest version of the table; 0 if there is none. */
export async function newestVersion(store: Store, topic: string): Promise<number> {
  const files = await store.list(`${metadataFolder(topic)}v`);
  return Math.max(0, ...files.map(({ path }) => versionOf(path) ?? 0));
}

/**
 * Reads the newest version of the table. If an earlier release compacted the lake, its
 * `manifest.json` is read instead.
 *
 * @throws {Failure} if a file of the metadata is missing or damaged
 *
 * @example
 * ```ts
 * import { openStore } from "../../store/open-store.ts";
 * import { readTable } from "./read-table.ts";
 *
 * const table = await readTable(openStore(await Deno.makeTempDir()), "mastodon-topic");
 * if (table.version !== 0 || table.files.length !== 0) throw new Error();
 * ```
 */
export async function readTable(store: Store, topic: string): Promise<LakeTable> {
  for (let tries = 1;; tries++) {
    const version = await newestVersion(store, topic);
    if (version === 0) return await readLegacyTable(store, topic);
    try {
      return await readVersion(store, topic, version);
    } catch (error) {
      // A commit may have removed files of this version meanwhile.
      if (tries === TRIES || await newestVersion(store, topic) === version) throw error;
    }
  }
}

async function readVersion(store: Store, topic: string, version: number): Promise<LakeTable> {
  const path = metadataPath(topic, version);
  const metadata = await parsed(store, path, (bytes) => {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as TableMetadata;
    if (json["format-version"] !== 2) throw new Error("expected format version 2");
    return json;
  });
  const snapshot = currentSnapshot(metadata);
  if (snapshot === null) return { ...NO_TABLE, version, metadata };
  const side = (name: string) => sideFiles(topic, snapshot.summary[name]);
  const takenPath = snapshot.summary[SUMMARY.taken];
  const [manifests, taken] = await Promise.all([
    readSnapshot(store, topic, metadata, snapshot),
    takenPath === undefined ? {} : parsed(
      store,
      compactedFolder(topic) + takenPath,
      (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string>,
    ),
  ]);
  const schema = currentSchema(metadata);
  return {
    version,
    metadata,
    manifests,
    files: manifests.flatMap(({ entries }) =>
      entries.filter(({ status }) => status !== STATUS.deleted)
        .map(({ data_file: file }): CompactedFile => ({
          path: lakePath(file.file_path, metadata.location, topic),
          rows: file.record_count,
          bytes: file.file_size_in_bytes,
          days: daysOf(file, schema) ?? monthDays(file.month),
          complete: hasAllColumns(file, schema),
        }))
    ).sort((a, b) => (a.days?.from ?? Infinity) - (b.days?.from ?? Infinity)),
    deletions: side(SUMMARY.deletions),
    optOuts: side(SUMMARY.optOuts),
    coverage: side(SUMMARY.coverage),
    index: snapshot.summary[SUMMARY.index] === undefined ? null : side(SUMMARY.index),
    posts: snapshot.summary[SUMMARY.posts] === undefined ? null : side(SUMMARY.posts),
    taken,
  };
}

/** Returns true if a file has all columns. Its statistics name its columns. */
function hasAllColumns({ value_counts }: DataFile, { fields }: Schema): boolean {
  const counted = new Set(
    fields.filter(({ id, type }) =>
      value_counts.has(typeof type === "string" ? id : type["element-id"])
    ).map(({ name }) => name),
  );
  return COMPACTED_COLUMNS.every(({ name }) => counted.has(name));
}

/**
 * Caches, for each store, the manifests of the snapshot that was read most recently. A manifest
 * never changes.
 */
const lastRead = new WeakMap<Store, Map<string, ManifestEntry[]>>();

/** Returns the manifests of a snapshot. Reads only those that are not in the cache. */
export async function readSnapshot(
  store: Store,
  topic: string,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<OpenManifest[]> {
  const at = (path: string) => lakePath(path, metadata.location, topic);
  const list = await parsed(store, at(snapshot["manifest-list"]), readManifestList);
  const known = lastRead.get(store);
  const manifests = await Promise.all(list.map(async (file) => ({
    file,
    entries: known?.get(at(file.manifest_path)) ??
      await parsed(store, at(file.manifest_path), (bytes) =>
        readManifest(bytes, {
          snapshot_id: file.added_snapshot_id,
          sequence_number: file.sequence_number,
        })),
  })));
  lastRead.set(
    store,
    new Map(manifests.map(({ file, entries }) => [
      at(file.manifest_path),
      entries,
    ])),
  );
  return manifests;
}

/** Converts the path of a file in the table's metadata to a path relative to the lake. */
export function lakePath(path: string, location: string, topic: string): string {
  if (path.startsWith(`${location}/`)) {
    return compactedFolder(topic) + path.slice(location.length + 1);
  }
  throw new Failure(
    `the table at ${location} names ${path}, which is outside the table; write to the table only ` +
      `with \`deno task lake compact\``,
  );
}

async function parsed<T>(
  store: Store,
  path: string,
  parse: (bytes: Uint8Array) => T,
): Promise<T> {
  const bytes = await store.readBytes(path);
  if (bytes === null) {
    throw new Failure(`${store.url(path)} is missing; restore it from a backup`);
  }
  try {
    return parse(bytes);
  } catch (cause) {
    throw new Failure(
      `cannot read ${store.url(path)} (${(cause as Error).message}); restore it from a backup`,
      { cause },
    );
  }
}

/** Returns the side files that `text`, a property of the summary, names. */
function sideFiles(topic: string, text: string | undefined): SideFile[] {
  const files = JSON.parse(text ?? "[]") as SideFile[];
  return files.map((file) => ({ ...file, path: compactedFolder(topic) + file.path }));
}
