/**
 * Compares our manifests with those of PyIceberg 0.12.0 (`golden/`). Its table is partitioned by
 * month. It had three toots in January 2026, which were deleted again, and has three in February.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readAvroFile } from "./avro-file.ts";
import { type DataFile, readManifest, STATUS, writeManifest } from "./manifest.ts";
import { manifestFileOf, readManifestList, writeManifestList } from "./manifest-list.ts";
import { evolveSchema, fieldIdsSql, nameMapping } from "./schema.ts";
import { boundOf, timestampOf } from "./single-value.ts";

const golden = (name: string) => Deno.readFileSync(new URL(`golden/${name}.avro`, import.meta.url));

const SCHEMA = evolveSchema([
  { name: "language", type: "VARCHAR" },
  { name: "created_tz", type: "TIMESTAMP" },
  { name: "words", type: "INTEGER" },
  { name: "hashtags", type: "VARCHAR[]" },
], []);

const FILE: DataFile = {
  file_path: "/lake/data/2026-02/a.parquet",
  month: 673,
  record_count: 3,
  file_size_in_bytes: 1234,
  column_sizes: new Map([[1, 50], [5, 40]]),
  value_counts: new Map([[1, 3], [5, 4]]),
  null_value_counts: new Map([[1, 1], [5, 2]]),
  lower_bounds: new Map([[1, Buffer.from("de")]]),
  upper_bounds: new Map([[1, Buffer.from("ja")]]),
};

/** Returns the names of fields with their ids, at every depth of an Avro schema. */
function fieldIds(schema: unknown, path = ""): Record<string, number> {
  if (Array.isArray(schema)) return Object.assign({}, ...schema.map((one) => fieldIds(one, path)));
  if (typeof schema !== "object" || schema === null) return {};
  const { fields, items, type } = schema as Record<string, unknown>;
  const own = (fields as { name: string; type: unknown; "field-id": number }[] ?? [])
    .map((field) => ({
      [`${path}.${field.name}`]: field["field-id"],
      ...fieldIds(field.type, `${path}.${field.name}`),
    }));
  return Object.assign({}, ...own, fieldIds(items, path), fieldIds(type, path));
}

Deno.test("PyIceberg's manifests are read", () => {
  const list = readManifestList(golden("manifest-list"));
  assert.deepEqual(
    list.map((one) => [one.month, one.added_files_count, one.deleted_files_count]),
    [[672, 0, 1], [673, 1, 0]],
  );
  const [january] = readManifest(golden("manifest-0"), { snapshot_id: 7, sequence_number: 9 });
  assert.equal(january!.status, STATUS.deleted);
  const inherited = { snapshot_id: 7, sequence_number: 9 };
  const [february, ...more] = readManifest(golden("manifest-1"), inherited);
  assert.equal(more.length, 0);
  assert.equal(february!.status, STATUS.added);
  assert.equal(february!.sequence_number, 9, "an added file inherits its number");
  const file = february!.data_file;
  assert.equal(file.month, 673);
  assert.equal(file.record_count, 3);
  assert.equal(file.null_value_counts.get(1), 1);
  assert.deepEqual(file.lower_bounds.get(1), boundOf("string", "de"));
  assert.deepEqual(file.upper_bounds.get(3), boundOf("int", "7"));
  assert.deepEqual(file.lower_bounds.get(2), boundOf("timestamp", "2026-02-03 01:02:03"));
  assert.equal(timestampOf(file.upper_bounds.get(2)!), BigInt(Date.UTC(2026, 1, 9)) * 1000n);
});

Deno.test("our manifests have PyIceberg's field ids and header", () => {
  const entry = { status: STATUS.added, snapshot_id: 5, sequence_number: null, data_file: FILE };
  const ours = readAvroFile(writeManifest(SCHEMA, [entry]));
  const theirs = readAvroFile(golden("manifest-1"));
  const ids = fieldIds(theirs.schema);
  for (const [name, id] of Object.entries(fieldIds(ours.schema))) {
    assert.equal(id, ids[name], name);
  }
  for (const name of ["partition-spec", "partition-spec-id", "format-version", "content"]) {
    const value = (metadata: Readonly<Record<string, string>>) =>
      name === "partition-spec" ? JSON.parse(metadata[name]!) : metadata[name];
    assert.deepEqual(value(ours.metadata), value(theirs.metadata), name);
  }
  assert.deepEqual(JSON.parse(ours.metadata["schema"]!).fields, SCHEMA.fields);

  const file = manifestFileOf("/m.avro", 9, [entry], { snapshot_id: 5, sequence_number: 2 });
  const list = readAvroFile(
    writeManifestList([file], { snapshot_id: 5, parent_id: null, sequence_number: 2 }),
  );
  const listIds = fieldIds(readAvroFile(golden("manifest-list")).schema);
  for (const [name, id] of Object.entries(fieldIds(list.schema))) {
    assert.equal(id, listIds[name], name);
  }
});

Deno.test("manifests that we write can be read back", () => {
  const entries = [
    { status: STATUS.added, snapshot_id: 5, sequence_number: null, data_file: FILE },
    {
      ...{ status: STATUS.existing, snapshot_id: 3, sequence_number: 1 },
      data_file: { ...FILE, month: null, lower_bounds: new Map() },
    },
  ];
  const read = readManifest(writeManifest(SCHEMA, entries), { snapshot_id: 5, sequence_number: 2 });
  assert.deepEqual(read, [{ ...entries[0], sequence_number: 2 }, entries[1]]);
  const file = manifestFileOf("/m.avro", 9, entries, { snapshot_id: 5, sequence_number: 2 });
  assert.equal(file.min_sequence_number, 1);
  const ids = { snapshot_id: 5, parent_id: 3, sequence_number: 2 };
  assert.deepEqual(readManifestList(writeManifestList([file], ids)), [file]);
});

Deno.test("a truncated Avro file is refused", () => {
  const bytes = golden("manifest-1");
  for (const length of [0, 3, 200, bytes.length - 40]) {
    assert.throws(() => readAvroFile(bytes.subarray(0, length)), `${length} bytes`);
  }
});

Deno.test("a new column gets a new field id, and old ones keep theirs", () => {
  const next = evolveSchema([
    { name: "home", type: "BOOLEAN" },
    { name: "language", type: "VARCHAR" },
    { name: "also_at", type: "VARCHAR[]" },
  ], [SCHEMA]);
  assert.equal(next["schema-id"], 1);
  assert.deepEqual(next.fields.slice(0, 4), SCHEMA.fields);
  assert.deepEqual(next.fields.slice(4).map(({ id, name }) => [id, name]), [
    [6, "home"],
    [7, "also_at"],
  ]);
  assert.equal(
    fieldIdsSql(next, [{ name: "also_at", type: "VARCHAR[]" }, { name: "home", type: "BOOLEAN" }]),
    "{also_at: {__duckdb_field_id: 7, element: 8}, home: 6}",
  );
  assert.match(nameMapping(next), /"field-id":7,"names":\["also_at"\],"fields":\[{"field-id":8/);
});
