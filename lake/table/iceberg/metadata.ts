/**
 * Table metadata. Creating its file publishes a version of the table.
 *
 * @see https://iceberg.apache.org/spec/#table-metadata
 * @module
 */
import { PARTITION_FIELD, partitionFields } from "./manifest.ts";
import { lastColumnId, nameMapping, type Schema } from "./schema.ts";

/** A snapshot: the files of the table at one time. */
export interface Snapshot {
  readonly "snapshot-id": number;
  readonly "parent-snapshot-id"?: number;
  readonly "sequence-number": number;
  readonly "timestamp-ms": number;
  readonly "manifest-list": string;
  readonly summary: Readonly<Record<string, string>>;
  readonly "schema-id": number;
}

/** The contents of `v<N>.metadata.json`. */
export interface TableMetadata {
  readonly "format-version": 2;
  readonly "table-uuid": string;
  readonly location: string;
  readonly "last-sequence-number": number;
  readonly "last-updated-ms": number;
  readonly "last-column-id": number;
  readonly "current-schema-id": number;
  readonly schemas: readonly Schema[];
  readonly "default-spec-id": 0;
  readonly "partition-specs": readonly unknown[];
  readonly "last-partition-id": number;
  readonly "default-sort-order-id": 0;
  readonly "sort-orders": readonly unknown[];
  readonly properties: Readonly<Record<string, string>>;
  readonly "current-snapshot-id"?: number;
  readonly snapshots: readonly Snapshot[];
  readonly "snapshot-log": readonly { "snapshot-id": number; "timestamp-ms": number }[];
  readonly refs: Readonly<Record<string, { "snapshot-id": number; type: "branch" }>>;
}

/** Creates the metadata of a table without snapshots. */
export function newMetadata(location: string, schema: Schema, now: number): TableMetadata {
  return {
    "format-version": 2,
    "table-uuid": crypto.randomUUID(),
    location,
    "last-sequence-number": 0,
    "last-updated-ms": now,
    ...ofSchemas([schema]),
    "default-spec-id": 0,
    "partition-specs": [{ "spec-id": 0, fields: partitionFields(schema) }],
    "last-partition-id": PARTITION_FIELD.id,
    "default-sort-order-id": 0,
    "sort-orders": [{ "order-id": 0, fields: [] }],
    snapshots: [],
    "snapshot-log": [],
    refs: {},
  };
}

function ofSchemas(schemas: readonly Schema[]) {
  const current = schemas.at(-1)!;
  return {
    "last-column-id": lastColumnId(schemas),
    "current-schema-id": current["schema-id"],
    schemas,
    properties: { "schema.name-mapping.default": nameMapping(current) },
  };
}

/** Returns the current schema of the table. */
export function currentSchema(metadata: TableMetadata): Schema {
  const id = metadata["current-schema-id"];
  return metadata.schemas.find((schema) => schema["schema-id"] === id)!;
}

/** Returns the current snapshot; null if nothing has been written yet. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | null {
  const id = metadata["current-snapshot-id"];
  return metadata.snapshots.find((snapshot) => snapshot["snapshot-id"] === id) ?? null;
}

/**
 * Returns the metadata after a commit.
 *
 * @param snapshots the snapshots that stay readable, oldest first; the last one is current
 */
export function nextMetadata(
  metadata: TableMetadata,
  location: string,
  schema: Schema,
  snapshots: readonly Snapshot[],
  now: number,
): TableMetadata {
  const current = snapshots.at(-1);
  const old = metadata.schemas.filter((one) => one["schema-id"] !== schema["schema-id"]);
  // Times in the log must not go back, even if the clock was set back.
  const updated = Math.max(now, metadata["last-updated-ms"]);
  return {
    ...metadata,
    location,
    ...ofSchemas([...old, schema]),
    "last-sequence-number": current?.["sequence-number"] ?? metadata["last-sequence-number"],
    "last-updated-ms": updated,
    ...(current && { "current-snapshot-id": current["snapshot-id"] }),
    snapshots,
    "snapshot-log": snapshots.map((snapshot) => ({
      "snapshot-id": snapshot["snapshot-id"],
      "timestamp-ms": snapshot["timestamp-ms"],
    })),
    refs: current ? { main: { "snapshot-id": current["snapshot-id"], type: "branch" } } : {},
  };
}
