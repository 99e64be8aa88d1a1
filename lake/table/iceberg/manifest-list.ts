/**
 * Manifest lists: the manifests of a snapshot, and the months that they contain.
 *
 * @see https://iceberg.apache.org/spec/#manifest-lists
 * @module
 */
import { Buffer } from "node:buffer";
import { field, optional, readAvroFile, writeAvroFile } from "./avro-file.ts";
import { type ManifestEntry, STATUS } from "./manifest.ts";

/** A manifest. The names are those of the specification. */
export interface ManifestFile {
  readonly manifest_path: string;
  readonly manifest_length: number;
  readonly sequence_number: number;
  readonly min_sequence_number: number;
  readonly added_snapshot_id: number;
  readonly added_files_count: number;
  readonly existing_files_count: number;
  readonly deleted_files_count: number;
  readonly added_rows_count: number;
  readonly existing_rows_count: number;
  readonly deleted_rows_count: number;
  /** The month of all its files, in months since January 1970; null if unknown. */
  readonly month: number | null;
}

/** Sums up a manifest whose files all belong to one month. */
export function manifestFileOf(
  path: string,
  length: number,
  entries: readonly ManifestEntry[],
  snapshot: { readonly snapshot_id: number; readonly sequence_number: number },
): ManifestFile {
  const of = (status: number) => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]) =>
    some.reduce((sum, { data_file }) => sum + data_file.record_count, 0);
  const [existing, added, deleted] = [STATUS.existing, STATUS.added, STATUS.deleted].map(of) as [
    ManifestEntry[],
    ManifestEntry[],
    ManifestEntry[],
  ];
  const live = [...existing, ...added];
  return {
    manifest_path: path,
    manifest_length: length,
    sequence_number: snapshot.sequence_number,
    min_sequence_number: Math.min(
      snapshot.sequence_number,
      ...live.map((entry) => entry.sequence_number ?? snapshot.sequence_number),
    ),
    added_snapshot_id: snapshot.snapshot_id,
    added_files_count: added.length,
    existing_files_count: existing.length,
    deleted_files_count: deleted.length,
    added_rows_count: rows(added),
    existing_rows_count: rows(existing),
    deleted_rows_count: rows(deleted),
    month: entries[0]?.data_file.month ?? null,
  };
}

const MANIFEST_FILE = {
  type: "record",
  name: "manifest_file",
  fields: [
    field(500, "manifest_path", "string"),
    field(501, "manifest_length", "long"),
    field(502, "partition_spec_id", "int"),
    field(517, "content", "int"),
    field(515, "sequence_number", "long"),
    field(516, "min_sequence_number", "long"),
    field(503, "added_snapshot_id", "long"),
    field(504, "added_files_count", "int"),
    field(505, "existing_files_count", "int"),
    field(506, "deleted_files_count", "int"),
    field(512, "added_rows_count", "long"),
    field(513, "existing_rows_count", "long"),
    field(514, "deleted_rows_count", "long"),
    field(
      507,
      "partitions",
      optional({
        type: "array",
        "element-id": 508,
        items: {
          type: "record",
          name: "r508",
          fields: [
            field(509, "contains_null", "boolean"),
            field(518, "contains_nan", optional("boolean")),
            field(510, "lower_bound", optional("bytes")),
            field(511, "upper_bound", optional("bytes")),
          ],
        },
      }),
    ),
  ],
};

/** Writes a manifest list. */
export function writeManifestList(
  manifests: readonly ManifestFile[],
  snapshot: {
    readonly snapshot_id: number;
    readonly parent_id: number | null;
    readonly sequence_number: number;
  },
): Uint8Array<ArrayBuffer> {
  const metadata = {
    "snapshot-id": String(snapshot.snapshot_id),
    "parent-snapshot-id": String(snapshot.parent_id),
    "sequence-number": String(snapshot.sequence_number),
    "format-version": "2",
  };
  return writeAvroFile(
    MANIFEST_FILE,
    metadata,
    manifests.map((manifest) => {
      const month = manifest.month === null ? null : Buffer.alloc(4);
      month?.writeInt32LE(manifest.month!);
      return {
        ...manifest,
        manifest_length: BigInt(manifest.manifest_length),
        partition_spec_id: 0,
        content: 0,
        sequence_number: BigInt(manifest.sequence_number),
        min_sequence_number: BigInt(manifest.min_sequence_number),
        added_snapshot_id: BigInt(manifest.added_snapshot_id),
        added_rows_count: BigInt(manifest.added_rows_count),
        existing_rows_count: BigInt(manifest.existing_rows_count),
        deleted_rows_count: BigInt(manifest.deleted_rows_count),
        partitions: [{
          contains_null: month === null,
          contains_nan: false,
          lower_bound: month,
          upper_bound: month,
        }],
      };
    }),
  );
}

/** Reads a manifest list. */
export function readManifestList(bytes: Uint8Array): ManifestFile[] {
  return (readAvroFile(bytes).records as Record<string, unknown>[]).map((record) => {
    const number = (name: string) => Number(record[name]);
    const [part] = record["partitions"] as { lower_bound: Buffer | null }[] | null ?? [];
    return {
      manifest_path: String(record["manifest_path"]),
      manifest_length: number("manifest_length"),
      sequence_number: number("sequence_number"),
      min_sequence_number: number("min_sequence_number"),
      added_snapshot_id: number("added_snapshot_id"),
      added_files_count: number("added_files_count"),
      existing_files_count: number("existing_files_count"),
      deleted_files_count: number("deleted_files_count"),
      added_rows_count: number("added_rows_count"),
      existing_rows_count: number("existing_rows_count"),
      deleted_rows_count: number("deleted_rows_count"),
      month: part?.lower_bound?.readInt32LE() ?? null,
    };
  });
}
