/**
 * Makes rows from the Arrow batches that DuckDB-wasm returns. The values are the same as those of
 * the native engine.
 *
 * @module
 */
import type { DataType, RecordBatch, Vector } from "apache-arrow";
import type { Row, Value } from "../lake.ts";
import { Failure } from "../../../common/failure.ts";

/** Arrow's numbers for its types (`Type` in its `Schema.fbs`). */
const ARROW = { Decimal: 7, Date: 8, Timestamp: 10, Interval: 11, List: 12, Struct: 13, Map: 17 };

type Read = (raw: unknown) => Value;

/** Returns the rows of a result. */
export function rowsOf(batches: readonly RecordBatch[]): Row[] {
  const rows: Row[] = [];
  const readers = batches[0]?.schema.fields.map(({ type, name }) => reader(type, name)) ?? [];
  for (const batch of batches) {
    const columns = batch.schema.fields.map(({ name }, i) => ({
      name,
      vector: batch.getChildAt(i)!,
      read: readers[i]!,
    }));
    for (let i = 0; i < batch.numRows; i++) {
      const row: Row = {};
      for (const { name, vector, read } of columns) {
        const raw = vector.get(i);
        row[name] = raw === null ? null : read(raw);
      }
      rows.push(row);
    }
  }
  return rows;
}

function reader(type: DataType, column: string): Read {
  const orNull = (read: Read): Read => (raw) =>
    raw === null || raw === undefined ? null : read(raw);
  const child = (i: number) => orNull(reader(type.children[i]!.type, column));
  switch (type.typeId as number) {
    case ARROW.Date:
    case ARROW.Timestamp:
      return (raw) => new Date(raw as number);
    case ARROW.Decimal:
      return decimal(type as unknown as { precision: number; scale: number });
    case ARROW.List: {
      const item = child(0);
      return (raw) => [...raw as Vector].map(item);
    }
    case ARROW.Struct: {
      const fields = type.children.map(({ name }, i) => [name, child(i)] as const);
      return (raw) =>
        Object.fromEntries(
          fields.map(([name, read]) => [name, read((raw as Record<string, unknown>)[name])]),
        );
    }
    case ARROW.Interval:
    case ARROW.Map:
      throw new Failure(
        `column ${column}: the wasm engine cannot return the type ${type}; cast it to VARCHAR`,
      );
  }
  return (raw) => raw as Value;
}

/**
 * Returns the function that reads the values of a decimal column. DuckDB sends HUGEINT, the type of
 * a sum of integers, as a decimal of 38 digits without a fraction. Such a value becomes a bigint.
 */
function decimal({ precision, scale }: { precision: number; scale: number }): Read {
  const whole = precision === 38 && scale === 0;
  return (raw) => {
    const words = raw as Uint32Array;
    const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    const value = BigInt.asIntN(32 * words.length, unsigned);
    return whole ? value : Number(value) / 10 ** scale;
  };
}
