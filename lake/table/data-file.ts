/**
 * Describes data files with the statistics that DuckDB returns for a Parquet file.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { DataFile } from "./iceberg/manifest.ts";
import type { Field, Schema } from "./iceberg/schema.ts";
import { boundOf } from "./iceberg/single-value.ts";

/** DuckDB's statistics of a column, as a list of names and values. */
export type ColumnStatistics = readonly { key: string; value: string | null }[];

/**
 * Columns without a minimum and maximum in the manifest. A minimum would copy a text or a name out
 * of the data file, and no query could use it to skip files.
 */
const UNBOUNDED = new Set([
  ...["mastodon_text", "url", "uri", "uri_key", "username", "author", "author_key", "status_id"],
  ...["m_id", "created_at_str", "hashtags", "also_at"],
]);

/** Describes a Parquet file as an entry of a manifest. */
export function dataFileOf(
  file: { path: string; month: number | null; rows: number; bytes: number },
  statistics: readonly { key: string; value: ColumnStatistics }[],
  schema: Schema,
): DataFile {
  const maps = {
    column_sizes: new Map<number, number>(),
    value_counts: new Map<number, number>(),
    null_value_counts: new Map<number, number>(),
    lower_bounds: new Map<number, Buffer>(),
    upper_bounds: new Map<number, Buffer>(),
  };
  const leaves = new Map(schema.fields.map((field) => [leafName(field), field]));
  for (const { key, value } of statistics) {
    const field = leaves.get(key);
    if (field === undefined) continue;
    const id = typeof field.type === "string" ? field.id : field.type["element-id"];
    const of = new Map(value.map((one) => [one.key, one.value]));
    const count = (name: string, map: Map<number, number>) => {
      const text = of.get(name);
      if (text != null) map.set(id, Number(text));
    };
    count("column_size_bytes", maps.column_sizes);
    count("num_values", maps.value_counts);
    count("null_count", maps.null_value_counts);
    if (typeof field.type !== "string" || UNBOUNDED.has(field.name)) continue;
    const [min, max] = [of.get("min"), of.get("max")];
    if (min == null || max == null) continue;
    const [lower, upper] = [boundOf(field.type, min), boundOf(field.type, max)];
    if (lower === null || upper === null) continue;
    maps.lower_bounds.set(id, lower);
    maps.upper_bounds.set(id, upper);
  }
  return {
    file_path: file.path,
    month: file.month,
    record_count: file.rows,
    file_size_in_bytes: file.bytes,
    ...maps,
  };
}

/** Returns the name of a column in DuckDB's statistics: `"uri"`, or `"hashtags"."element"`. */
function leafName({ name, type }: Field): string {
  return typeof type === "string" ? `"${name}"` : `"${name}"."element"`;
}
