/**
 * Manifests: the data files of a table, and the statistics of their columns.
 *
 * @see https://iceberg.apache.org/spec/#manifests
 * @module
 */
import type { Buffer } from "node:buffer";
import { field, optional, readAvroFile, writeAvroFile } from "./avro-file.ts";
import type { Schema } from "./schema.ts";

/** Values by field id, such as `column_sizes`. */
export type ByField<T> = ReadonlyMap<number, T>;

/** A data file. The names are those of the specification. */
export interface DataFile {
  readonly file_path: string;
  /** The month of its toots, in months since January 1970; null if their time is unknown. */
  readonly month: number | null;
  readonly record_count: number;
  readonly file_size_in_bytes: number;
  readonly column_sizes: ByField<number>;
  readonly value_counts: ByField<number>;
  readonly null_value_counts: ByField<number>;
  readonly lower_bounds: ByField<Buffer>;
  readonly upper_bounds: ByField<Buffer>;
}

/** The status of a data file in the snapshot that wrote the manifest. */
export const STATUS = { existing: 0, added: 1, deleted: 2 } as const;

/** An entry of a manifest. */
export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: number;
  /** Null if the file was added by the snapshot that wrote the manifest. */
  readonly sequence_number: number | null;
  readonly data_file: DataFile;
}

/** The name and the id of the partition field. */
export const PARTITION_FIELD = { name: "created_tz_month", id: 1000 } as const;

/** The column whose month partitions the table. */
export const PARTITION_SOURCE = "created_tz";

function mapType(key: number, value: number, type: string) {
  return optional({
    type: "array",
    logicalType: "map",
    items: {
      type: "record",
      name: `k${key}_v${value}`,
      fields: [
        { name: "key", type: "int", "field-id": key },
        { name: "value", type, "field-id": value },
      ],
    },
  });
}

const DATA_FILE = {
  type: "record",
  name: "r2",
  fields: [
    field(134, "content", "int"),
    field(100, "file_path", "string"),
    field(101, "file_format", "string"),
    field(102, "partition", {
      type: "record",
      name: "r102",
      fields: [field(PARTITION_FIELD.id, PARTITION_FIELD.name, optional("int"))],
    }),
    field(103, "record_count", "long"),
    field(104, "file_size_in_bytes", "long"),
    field(108, "column_sizes", mapType(117, 118, "long")),
    field(109, "value_counts", mapType(119, 120, "long")),
    field(110, "null_value_counts", mapType(121, 122, "long")),
    field(125, "lower_bounds", mapType(126, 127, "bytes")),
    field(128, "upper_bounds", mapType(129, 130, "bytes")),
  ],
};

const ENTRY = {
  type: "record",
  name: "manifest_entry",
  fields: [
    field(0, "status", "int"),
    field(1, "snapshot_id", optional("long")),
    field(3, "sequence_number", optional("long")),
    field(4, "file_sequence_number", optional("long")),
    field(2, "data_file", DATA_FILE),
  ],
};

/** Returns the fields of the partition spec, in the form that metadata and manifests contain. */
export function partitionFields({ fields }: Schema) {
  const source = fields.find(({ name }) => name === PARTITION_SOURCE)!;
  return [{
    "source-id": source.id,
    "field-id": PARTITION_FIELD.id,
    name: PARTITION_FIELD.name,
    transform: "month",
  }];
}

type Pair<T> = { key: number; value: T };
const pairs = <T, V>(map: ByField<T>, value: (one: T) => V): Pair<V>[] =>
  [...map].map(([key, one]) => ({ key, value: value(one) }));
const byField = <T, V>(list: readonly Pair<T>[] | null, value: (one: T) => V): ByField<V> =>
  new Map((list ?? []).map(({ key, value: one }) => [key, value(one)]));
const same = <T>(one: T) => one;
const orNull = (value: number | null) => value === null ? null : BigInt(value);

/** Writes a manifest. */
export function writeManifest(
  schema: Schema,
  entries: readonly ManifestEntry[],
): Uint8Array<ArrayBuffer> {
  const metadata = {
    schema: JSON.stringify(schema),
    "schema-id": String(schema["schema-id"]),
    "partition-spec": JSON.stringify(partitionFields(schema)),
    "partition-spec-id": "0",
    "format-version": "2",
    content: "data",
  };
  const records = entries.map(({ status, snapshot_id, sequence_number, data_file: file }) => ({
    status,
    snapshot_id: BigInt(snapshot_id),
    sequence_number: orNull(sequence_number),
    file_sequence_number: orNull(sequence_number),
    data_file: {
      content: 0,
      file_path: file.file_path,
      file_format: "PARQUET",
      partition: { [PARTITION_FIELD.name]: file.month },
      record_count: BigInt(file.record_count),
      file_size_in_bytes: BigInt(file.file_size_in_bytes),
      column_sizes: pairs(file.column_sizes, BigInt),
      value_counts: pairs(file.value_counts, BigInt),
      null_value_counts: pairs(file.null_value_counts, BigInt),
      lower_bounds: pairs(file.lower_bounds, same),
      upper_bounds: pairs(file.upper_bounds, same),
    },
  }));
  return writeAvroFile(ENTRY, metadata, records);
}

interface EntryRecord {
  status: number;
  snapshot_id: bigint | null;
  sequence_number: bigint | null;
  data_file: {
    file_path: string;
    partition: Record<string, number | null>;
    record_count: bigint;
    file_size_in_bytes: bigint;
    column_sizes: Pair<bigint>[] | null;
    value_counts: Pair<bigint>[] | null;
    null_value_counts: Pair<bigint>[] | null;
    lower_bounds: Pair<Buffer>[] | null;
    upper_bounds: Pair<Buffer>[] | null;
  };
}

/**
 * Reads a manifest. Values that an entry inherits from the manifest list are filled in.
 *
 * @param inherited the snapshot id and the sequence number of the manifest in the manifest list
 */
export function readManifest(
  bytes: Uint8Array,
  inherited: { readonly snapshot_id: number; readonly sequence_number: number },
): ManifestEntry[] {
  return (readAvroFile(bytes).records as EntryRecord[]).map((entry) => {
    const file = entry.data_file;
    return {
      status: entry.status,
      snapshot_id: Number(entry.snapshot_id ?? inherited.snapshot_id),
      sequence_number: Number(entry.sequence_number ?? inherited.sequence_number),
      data_file: {
        file_path: file.file_path,
        month: file.partition[PARTITION_FIELD.name] ?? null,
        record_count: Number(file.record_count),
        file_size_in_bytes: Number(file.file_size_in_bytes),
        column_sizes: byField(file.column_sizes, Number),
        value_counts: byField(file.value_counts, Number),
        null_value_counts: byField(file.null_value_counts, Number),
        lower_bounds: byField(file.lower_bounds, same),
        upper_bounds: byField(file.upper_bounds, same),
      },
    };
  });
}
