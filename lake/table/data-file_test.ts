import assert from "node:assert/strict";
import { TOOT_TOPIC } from "../../record/record.ts";
import { START, toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { land } from "../testing/toots.ts";
import { COMPACTED_COLUMNS } from "../truth/source-sql.ts";
import { compact } from "./compact.ts";
import { dataFileOf } from "./data-file.ts";
import type { DataFile } from "./iceberg/manifest.ts";
import { currentSchema } from "./iceberg/metadata.ts";
import { evolveSchema, type Schema } from "./iceberg/schema.ts";
import { timestampOf } from "./iceberg/single-value.ts";
import { readTable } from "./read/read-table.ts";

const SCHEMA = evolveSchema(COMPACTED_COLUMNS, []);

/** Returns the field id of a column, or of the elements of a list. */
function idOf({ fields }: Schema, name: string): number {
  const { id, type } = fields.find((field) => field.name === name)!;
  return typeof type === "string" ? id : type["element-id"];
}

/** Returns the bounds of a column of texts; null if it has none. */
function textBounds(file: DataFile, schema: Schema, name: string): [string, string] | null {
  const [lower, upper] = [file.lower_bounds, file.upper_bounds]
    .map((bounds) => bounds?.get(idOf(schema, name)) ?? null);
  return lower && upper ? [lower.toString(), upper.toString()] : null;
}

Deno.test("after a compaction, the manifest bounds the language, the server and the time", async () => {
  const location = await Deno.makeTempDir();
  const on = (server: string, n: number, language: string | null) =>
    toot(n, {
      base_url: `https://${server}`,
      uri: `https://${server}/statuses/${n}`,
      url: `https://${server}/@ann/${n}`,
      origin: server,
      language: language as string,
      home: true,
    });
  await land(location, [
    on("b.example", 1, "en"),
    on("a.example", 2, "ja"),
    on("c.example", 3, "de"),
    on("b.example", 4, null),
  ]);
  await compact({ location });
  const { manifests, metadata } = await readTable(openStore(location), TOOT_TOPIC);
  const schema = currentSchema(metadata!);
  const [file, ...others] = manifests.flatMap(({ entries }) => entries)
    .map(({ data_file }) => data_file);
  assert.equal(others.length, 0);
  const bounds = (name: string) => textBounds(file!, schema, name);
  assert.deepEqual(bounds("language"), ["de", "ja"]);
  assert.deepEqual(bounds("base_url"), ["https://a.example", "https://c.example"]);
  assert.deepEqual(bounds("from_instance"), ["a.example", "c.example"]);
  const posted = idOf(schema, "posted_at");
  const times = [file!.lower_bounds, file!.upper_bounds].map((of) => timestampOf(of!.get(posted)!));
  assert.deepEqual(times, [1, 4].map((n) => BigInt(START + n * 1_000) * 1_000n));
  assert.equal(file!.null_value_counts!.get(idOf(schema, "language")), 1);
  assert.equal(file!.value_counts!.get(idOf(schema, "language")), 4);
  for (
    const name of ["mastodon_text", "url", "uri", "username", "author", "author_key", "hashtags"]
  ) {
    assert.equal(bounds(name), null, name);
    assert.ok(file!.value_counts!.has(idOf(schema, name)), `the values of ${name} are counted`);
  }
});

const FILE = { path: "/lake/data/a.parquet", month: 672, rows: 3, bytes: 900 };
const described = (key: string, statistics: Record<string, string | null>) =>
  dataFileOf(FILE, [{
    key,
    value: Object.entries(statistics).map(([key, value]) => ({ key, value })),
  }], SCHEMA);

Deno.test("a data file is described with its path, month, rows and bytes", () => {
  const { file_path, month, record_count, file_size_in_bytes } = dataFileOf(FILE, [], SCHEMA);
  assert.deepEqual([file_path, month, record_count, file_size_in_bytes], [
    ...["/lake/data/a.parquet", 672, 3, 900],
  ]);
});

Deno.test("statistics become counts and bounds under the field id", () => {
  const id = idOf(SCHEMA, "language");
  const file = described('"language"', {
    ...{ column_size_bytes: "44", num_values: "3", null_count: "1", min: "de", max: "ja" },
  });
  assert.deepEqual([...file.column_sizes!], [[id, 44]]);
  assert.deepEqual([...file.value_counts!], [[id, 3]]);
  assert.deepEqual([...file.null_value_counts!], [[id, 1]]);
  assert.deepEqual(textBounds(file, SCHEMA, "language"), ["de", "ja"]);
});

Deno.test("the statistics of a list are those of its elements, without bounds", () => {
  const file = described('"hashtags"."element"', { num_values: "6", min: "a", max: "z" });
  assert.deepEqual([...file.value_counts!], [[idOf(SCHEMA, "hashtags"), 6]]);
  assert.equal(file.lower_bounds!.size, 0);
});

Deno.test("a column without both bounds, or with a long one, gets none", () => {
  for (
    const statistics of [
      { min: "de", max: null },
      { max: "ja" },
      { min: "de", max: "x".repeat(65) },
    ]
  ) {
    const file = described('"language"', statistics);
    assert.equal(file.lower_bounds!.size + file.upper_bounds!.size, 0);
  }
});

Deno.test("a column that the schema lacks is left out", () => {
  const file = described('"strange"', { num_values: "3", min: "a", max: "z" });
  assert.equal(file.value_counts!.size + file.lower_bounds!.size, 0);
});
