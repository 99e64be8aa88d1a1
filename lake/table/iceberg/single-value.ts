/**
 * Serializes lower and upper bounds.
 *
 * @see https://iceberg.apache.org/spec/#binary-single-value-serialization
 * @module
 */
import { Buffer } from "node:buffer";

/**
 * Texts of more than this many bytes get no bound, because such a long bound would not help to skip
 * files.
 */
const LONGEST_TEXT = 64;

/**
 * Serializes a value of DuckDB's Parquet statistics.
 *
 * @returns null for a text of more than `LONGEST_TEXT` bytes, a timestamp that cannot be parsed, or
 * a type that this function does not support; then the column gets no bounds
 */
export function boundOf(type: string, text: string): Buffer | null {
  switch (type) {
    case "boolean":
      return Buffer.from([text === "1" || text === "true" ? 1 : 0]);
    case "int": {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(Number(text));
      return bytes;
    }
    case "long":
      return long(BigInt(text));
    case "timestamp":
    case "timestamptz": {
      const micros = microsOf(text);
      return micros === null ? null : long(micros);
    }
    case "string": {
      const bytes = Buffer.from(text);
      return bytes.length > LONGEST_TEXT ? null : bytes;
    }
  }
  return null;
}

/** Reads a bound of type `timestamp`: microseconds since 1970. */
export function timestampOf(bound: Buffer): bigint {
  return bound.readBigInt64LE();
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** Converts `2026-01-01 00:00:00.5` or `…+00` to microseconds since 1970; null for other forms. */
function microsOf(text: string): bigint | null {
  const match = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/.exec(
    text,
  );
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  date.setUTCHours(hour!, minute!, second!);
  const micros = BigInt((match[7] ?? "").padEnd(6, "0"));
  return Number.isNaN(date.getTime()) ? null : BigInt(date.getTime()) * 1000n + micros;
}
