/**
 * The records as Avro types, made from the schemas in `config/`.
 *
 * A plain long is a bigint, because status ids do not fit into a number; a timestamp-millis is
 * a number of milliseconds, as everywhere in this project.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import avro from "avsc";
import tootSchema from "../config/mastodon-details.avsc" with { type: "text" };
import coverageSchema from "../config/mastodon-coverage.avsc" with { type: "text" };
import deletionSchema from "../config/mastodon-delete.avsc" with { type: "text" };
import { onePassString } from "./avro-string.ts";

/** A type of `npm:avsc`, which writes and reads one kind of value. */
export type AvroType = avro.Type;

/** Reads a value from its bytes. */
export type Decode = (bytes: Buffer) => unknown;

/** Avro needs eight bytes and packs them at once, so one buffer serves every long. */
const eight = Buffer.alloc(8);

const bigLong = avro.types.LongType.__with({
  toBuffer(value: bigint) {
    eight.writeBigInt64LE(value);
    return eight;
  },
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  // avsc passes defaults of a schema as numbers, and copies of values as they are.
  fromJSON: (value: number | bigint) => BigInt(value),
  toJSON: (value: bigint) => value,
  isValid: (value: unknown) => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
  compare: (one: bigint, other: bigint) => one < other ? -1 : one > other ? 1 : 0,
});

const plainLong = avro.Type.forSchema("long");

/** Chooses the type for a part of a schema, where it is not avsc's usual one. */
export function typeHook(schema: unknown): AvroType | undefined {
  const { type, logicalType } = typeof schema === "object" && schema !== null
    ? schema as { type?: unknown; logicalType?: unknown }
    : { type: schema, logicalType: undefined };
  if (type === "long") return logicalType === "timestamp-millis" ? plainLong : bigLong;
  return type === "string" ? onePassString : undefined;
}

/** Makes the type of a schema, given as JSON. */
export function avroType(schema: string): AvroType {
  return avro.Type.forSchema(JSON.parse(schema), { typeHook });
}

/** A record's schema, as it is sent to the registry, and its type. */
export interface RecordType {
  /** The text of the `.avsc` file. */
  readonly schema: string;
  readonly type: AvroType;
}

/** `com.simonaubury.MastodonDetails`: a toot. */
export const TOOT_RECORD: RecordType = { schema: tootSchema, type: avroType(tootSchema) };

/** `com.simonaubury.MastodonDelete`: a server reported that a status is deleted. */
export const DELETION_RECORD: RecordType = {
  schema: deletionSchema,
  type: avroType(deletionSchema),
};

/** `com.simonaubury.MastodonCoverage`: a span of a timeline, and whether it was covered. */
export const COVERAGE_RECORD: RecordType = {
  schema: coverageSchema,
  type: avroType(coverageSchema),
};

/**
 * Makes a function that reads what `writer` wrote, as `reader` sees it: fields
 * that the reader lacks are left out, fields that the writer lacked get their
 * default.
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
