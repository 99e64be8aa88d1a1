/**
 * The table's schema in Iceberg's terms: the field ids, their evolution, and the mapping from names
 * to ids for files without ids.
 *
 * @see https://iceberg.apache.org/spec/#schemas
 * @module
 */
import type { Column, ColumnType } from "../../../record/record.ts";

/** The type of a field. */
export type FieldType = string | {
  readonly type: "list";
  readonly "element-id": number;
  readonly element: string;
  readonly "element-required": boolean;
};

/** A column of the table. */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: FieldType;
}

/** A schema of the table. */
export interface Schema {
  readonly type: "struct";
  readonly "schema-id": number;
  readonly fields: readonly Field[];
}

const PRIMITIVE: Record<Exclude<ColumnType, "VARCHAR[]">, string> = {
  VARCHAR: "string",
  BIGINT: "long",
  INTEGER: "int",
  BOOLEAN: "boolean",
  TIMESTAMP: "timestamp",
  TIMESTAMPTZ: "timestamptz",
};

/** Returns the largest field id of some schemas; 0 if there are none. */
export function lastColumnId(schemas: readonly Schema[]): number {
  const ids = schemas.flatMap(({ fields }) =>
    fields.flatMap(({ id, type }) => typeof type === "string" ? [id] : [id, type["element-id"]])
  );
  return Math.max(0, ...ids);
}

/**
 * Returns the schema with these columns. An existing column keeps its field id, and a new one gets
 * an id that no schema of the table has used. A column that is not in `columns` any more stays in
 * the schema, so that old files can still be read.
 *
 * @returns the current schema itself if it has all columns already
 *
 * @example
 * ```ts
 * import { evolveSchema } from "./schema.ts";
 *
 * const first = evolveSchema([{ name: "uri", type: "VARCHAR" }], []);
 * const second = evolveSchema([{ name: "bot", type: "BOOLEAN" }], [first]);
 * if (second.fields.map(({ id, name }) => `${id} ${name}`).join() !== "1 uri,2 bot") throw new Error();
 * ```
 */
export function evolveSchema(
  columns: readonly Column[],
  schemas: readonly Schema[],
  current: Schema | undefined = schemas.at(-1),
): Schema {
  let last = lastColumnId(schemas);
  const known = new Set(current?.fields.map(({ name }) => name));
  const added = columns.filter(({ name }) => !known.has(name)).map(({ name, type }): Field => {
    const id = ++last;
    if (type !== "VARCHAR[]") return { id, name, required: false, type: PRIMITIVE[type] };
    const list = {
      type: "list",
      "element-id": ++last,
      element: "string",
      "element-required": false,
    };
    return { id, name, required: false, type: list as FieldType };
  });
  if (current && added.length === 0) return current;
  const id = 1 + Math.max(-1, ...schemas.map((schema) => schema["schema-id"]));
  return { type: "struct", "schema-id": id, fields: [...current?.fields ?? [], ...added] };
}

/** Writes the value of the table property `schema.name-mapping.default`. */
export function nameMapping({ fields }: Schema): string {
  return JSON.stringify(fields.map(({ id, name, type }) => ({
    "field-id": id,
    names: [name],
    ...(typeof type === "string"
      ? {}
      : { fields: [{ "field-id": type["element-id"], names: ["element"] }] }),
  })));
}

/** Writes the field ids of some columns for DuckDB's `COPY … (FIELD_IDS …)`. */
export function fieldIdsSql({ fields }: Schema, columns: readonly Column[]): string {
  const ids = columns.map(({ name }) => {
    const { id, type } = fields.find((field) => field.name === name)!;
    return typeof type === "string"
      ? `${name}: ${id}`
      : `${name}: {__duckdb_field_id: ${id}, element: ${type["element-id"]}}`;
  });
  return `{${ids.join(", ")}}`;
}
