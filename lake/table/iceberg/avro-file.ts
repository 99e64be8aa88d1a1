/**
 * Reads and writes Avro object container files, the format of Iceberg's manifests and manifest
 * lists.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#object-container-files
 * @module
 */
import { Buffer } from "node:buffer";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import avro from "avsc";
import { avroType } from "../../../record/avro.ts";

/** The contents of a container file. */
export interface AvroFile {
  /** The entries of the header except `avro.schema` and `avro.codec`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The schema that the records were written with. */
  readonly schema: unknown;
  readonly records: readonly unknown[];
}

const MAGIC = new TextEncoder().encode("Obj\u0001");
const SYNC_BYTES = 16;
const HEADER = avro.Type.forSchema({ type: "map", values: "bytes" });
const LONG = avro.Type.forSchema("long");

/**
 * Changes the type of a Buffer. TypeScript does not accept it as a `Uint8Array`, although it is one.
 */
const plain = (buffer: Buffer) => buffer as unknown as Uint8Array<ArrayBuffer>;

/**
 * Caches types by the texts of their schemas, because creating a type takes longer than reading a
 * manifest.
 */
const types = new Map<string, avro.Type>();

function typeOf(schema: string): avro.Type {
  const known = types.get(schema);
  if (known) return known;
  const type = avroType(schema);
  // The cache is small, because a lake's tables use only two schemas.
  if (types.size < 16) types.set(schema, type);
  return type;
}

/** Makes the type of a field that may be null. */
export const optional = (type: unknown) => ["null", type];

/** Makes a field with its id. A field that may be null has the default null. */
export const field = (id: number, name: string, type: unknown) => ({
  ...{ name, type, "field-id": id },
  ...(Array.isArray(type) ? { default: null } : {}),
});

/**
 * Writes a container file with one block. Longs are bigints. The header contains the schema
 * unchanged, so that attributes such as `field-id` are kept.
 */
export function writeAvroFile(
  schema: object,
  metadata: Readonly<Record<string, string>>,
  records: readonly unknown[],
): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(schema);
  const type = typeOf(text);
  const header = { ...metadata, "avro.schema": text, "avro.codec": "deflate" };
  const values = Object.entries(header).map(([name, value]) => [name, Buffer.from(value)]);
  const sync = crypto.getRandomValues(new Uint8Array(SYNC_BYTES));
  const parts: Uint8Array[] = [MAGIC, plain(HEADER.toBuffer(Object.fromEntries(values))), sync];
  if (records.length > 0) {
    const rows = Buffer.concat(records.map((record) => plain(type.toBuffer(record))));
    const block = plain(deflateRawSync(plain(rows)));
    const sizes = [records.length, block.length].map((size) => plain(LONG.toBuffer(size)));
    parts.push(...sizes, block, sync);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * Reads a container file whose codec is `null` or `deflate`. Longs are bigints.
 *
 * @throws {Error} if the bytes are not an Avro container file
 */
export function readAvroFile(bytes: Uint8Array): AvroFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new Error("not an Avro container file");
  let at = MAGIC.length;
  const next = <T>(type: avro.Type): T => {
    const { value, offset } = type.decode(file, at) as { value: T; offset: number };
    if (offset < 0) throw new Error("the Avro container file was cut short");
    at = offset;
    return value;
  };
  const header = next<Record<string, Buffer>>(HEADER);
  const { "avro.schema": schema, "avro.codec": codec = "null", ...metadata } = Object.fromEntries(
    Object.entries(header).map(([name, value]) => [name, value.toString()]),
  );
  if (codec !== "null" && codec !== "deflate") throw new Error(`unknown Avro codec '${codec}'`);
  const type = typeOf(schema ?? "");
  const records: unknown[] = [];
  at += SYNC_BYTES;
  while (at < file.length) {
    const count = next<number>(LONG);
    const length = next<number>(LONG);
    const packed = file.subarray(at, at + length);
    if (packed.length < length) throw new Error("the Avro container file was cut short");
    const block = codec === "deflate" ? inflateRawSync(plain(packed)) : packed;
    for (let i = 0, from = 0; i < count; i++) {
      const { value, offset } = type.decode(block, from);
      records.push(value);
      from = offset;
    }
    at += length + SYNC_BYTES;
  }
  return { metadata, schema: JSON.parse(schema ?? ""), records };
}
