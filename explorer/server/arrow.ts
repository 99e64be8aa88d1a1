/**
 * Writes results of DuckDB as Arrow, which Mosaic reads.
 *
 * @module
 */
import { type DuckDBResultReader, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import {
  bool,
  type DataType,
  float64,
  int32,
  tableFromArrays,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";

type Reading = { type: DataType; read: (value: unknown) => unknown };

const NUMBER: Reading = { type: float64(), read: Number };
const TEXT: Reading = { type: utf8(), read: String };

/** Decides how a column is sent: counts as numbers, and ids and unusual types as text. */
function reading({ typeId }: DuckDBType): Reading {
  switch (typeId) {
    case DuckDBTypeId.BOOLEAN:
      return { type: bool(), read: Boolean };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.INTEGER:
      return { type: int32(), read: Number };
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return NUMBER;
    case DuckDBTypeId.TIMESTAMP:
      return { type: float64(), read: (value) => Number(value) };
    default:
      return TEXT;
  }
}

/** Writes a result as one Arrow stream. */
export function arrowOf(reader: DuckDBResultReader): Uint8Array {
  const names = reader.deduplicatedColumnNames();
  const readings = reader.columnTypes().map(reading);
  const columns = reader.getColumnsJS();
  const arrays: Record<string, unknown[]> = {};
  const types: Record<string, DataType> = {};
  names.forEach((name, at) => {
    const { read, type } = readings[at]!;
    // A result without rows has no columns in `columns`.
    arrays[name] = (columns[at] ?? []).map((value) => value === null ? null : read(value));
    types[name] = type;
  });
  return tableToIPC(tableFromArrays(arrays, { types }), { format: "stream" })!;
}
