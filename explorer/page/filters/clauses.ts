/**
 * Clauses of Mosaic's selection: by a range of bars, and by ids in another table.
 *
 * @module
 */
import type { ClauseSource, MosaicClient, SelectionClause } from "@uwdata/mosaic-core";
import {
  column,
  type ColumnRefNode,
  isBetween,
  isInDistinct,
  literal,
  sql,
} from "@uwdata/mosaic-sql";
import type { Range } from "./ranges.ts";

/** The filter that a clause belongs to, and the charts that the clause does not filter. */
export type ClauseOptions = { source: ClauseSource; clients?: Set<MosaicClient> };

/**
 * Creates the clause of a range of whole numbers. Its type is `point`, so that Mosaic's tables of
 * counts have a row for each number, and not for each pixel.
 */
export function between(
  field: ColumnRefNode,
  range: Range | null,
  options: ClauseOptions,
): SelectionClause {
  const predicate = range && isBetween(field, [...range]);
  return { ...options, meta: { type: "point" }, fields: [field], value: range, predicate };
}

/** Creates a clause for ids in another table. Mosaic makes no tables of counts for it. */
export function among(
  table: string,
  name: string,
  values: readonly (string | number)[] | undefined,
  options: ClauseOptions,
): SelectionClause {
  const inList = values && values.length > 0 &&
    isInDistinct(column(name), values.map((value) => literal(value)));
  const predicate = inList
    ? sql`${column("id")} IN (SELECT id FROM ${column(table)} WHERE ${inList})`
    : values
    ? literal(false) // The lake has none of the values.
    : null;
  return { ...options, fields: [], value: values ?? null, predicate };
}
