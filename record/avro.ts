/**
 * The Avro types of the records, created from the schemas in `config/`.
 *
 * In TypeScript, a `long` without a logical type is a bigint, because status ids do not fit into a
 * number. A `timestamp-millis` is a number of milliseconds, as everywhere in this project.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import avro from "avsc";
import tootSchema from "../config/mastodon-details.avsc" with { type: "text" };
import coverageSchema from "../config/mastodon-coverage.avsc" with { type: "text" };
import deletionSchema from "../config/mastodon-delete.avsc" with { type: "text" };
import { onePassString } from "./avro-string.ts";

/** A type of `npm:avsc`. It writes and reads one kind of value. */
export type AvroType = avro.Type;

/** Reads a value from its bytes. */
export type Decode = (bytes: Buffer) => unknown;

/** One buffer is enough for all longs, because avsc copies the bytes immediately. */
const eight = Buffer.alloc(8);

const bigLong = avro.types.LongType.__with({
  toBuffer(value: bigint) {
    eight.writeBigInt64LE(value);
    return eight;
  },
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  // avsc passes a number for the default in a schema, and a bigint for a value that it copies.
  fromJSON: (value: number | bigint) => BigInt(value),
  toJSON: (value: bigint) => value,
  isValid: (value: unknown) => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
  compare: (one: bigint, other: bigint) => one < other ? -1 : one > other ? 1 : 0,
});

const timestampLong = avro.Type.forSchema("long");

/** Returns our type for a part of a schema; undefined if avsc's own type is used. */
export function typeHook(schema: unknown): AvroType | undefined {
  const { type, logicalType } = typeof schema === "object" && schema !== null
    ? schema as { type?: unknown; logicalType?: unknown }
    : { type: schema, logicalType: undefined };
  if (type === "long") return logicalType === "timestamp-millis" ? timestampLong : bigLong;
  return type === "string" ? onePassString : undefined;
}

/** Creates the type of a schema. The schema is JSON. */
export function avroType(schema: string): AvroType {
  return avro.Type.forSchema(JSON.parse(schema), { typeHook });
}

/** A kind of record: its schema, as it is sent to the registry, and its Avro type. */
export interface RecordType {
  /** The text of the `.avsc` file. */
  readonly schema: string;
  readonly type: AvroType;
}

/** The record of a toot: `com.simonaubury.MastodonDetails`. */
export const TOOT_RECORD: RecordType = { schema: tootSchema, type: avroType(tootSchema) };

/** The record of a delete: `com.simonaubury.MastodonDelete`. */
export const DELETION_RECORD: RecordType = {
  schema: deletionSchema,
  type: avroType(deletionSchema),
};

/** The record of a span of coverage: `com.simonaubury.MastodonCoverage`. */
export const COVERAGE_RECORD: RecordType = {
  schema: coverageSchema,
  type: avroType(coverageSchema),
};

/**
 * Creates a function that reads values of the type `writer` as values of the type `reader`. Fields
 * that `reader` lacks are left out, and fields that `writer` lacks get their default.
 *
 * @throws {Error} if the two schemas are incompatible; the message says why
 *
 * @example
 * ```ts
 * import { avroType, decoder } from "./avro.ts";
 *
 * const writer = avroType(`{"type":"record","name":"T","fields":[{"name":"id","type":"long"}]}`);
 * const reader = avroType(`{"type":"record","name":"T","fields":[
 *   {"name":"id","type":["null","long"]},{"name":"lang","type":"string","default":"unknown"}]}`);
 * const read = decoder(reader, writer);
 * const { id, lang } = read(writer.toBuffer({ id: 116_000_000_000_000_001n })) as
 *   { id: bigint; lang: string };
 * if (id !== 116_000_000_000_000_001n || lang !== "unknown") throw new Error();
 * ```
 */
export function decoder(reader: AvroType, writer: AvroType): Decode {
  const resolver = reader.createResolver(writer);
  return (bytes) => reader.fromBuffer(bytes, resolver);
}
