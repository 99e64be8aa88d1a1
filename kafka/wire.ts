/**
 * Confluent's wire format: a zero byte, four bytes with the number of the schema, and the value as
 * Avro.
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 *
 * @module
 */

import type { Buffer } from "node:buffer";

/** The number of bytes before the value. */
export const HEADER = 5;

/** The parts of a message. */
export interface Framed {
  readonly schemaId: number;
  /** The value as Avro: a view of the message, not a copy. */
  readonly payload: Buffer;
}

/**
 * Splits a message into its parts, or returns a text that says why that is not possible.
 *
 * @example
 * ```ts
 * import { Buffer } from "node:buffer";
 * import { unframe } from "./wire.ts";
 *
 * const framed = unframe(Buffer.from([0, 0, 0, 0, 7, 42]));
 * if (typeof framed === "string" || framed.schemaId !== 7) throw new Error();
 * if (unframe(Buffer.from("hello")) !== "not Avro: the first byte is 104, not 0") {
 *   throw new Error();
 * }
 * ```
 */
export function unframe(message: Buffer): Framed | string {
  if (message.length < HEADER) return `too short: ${message.length} bytes`;
  if (message[0] !== 0) return `not Avro: the first byte is ${message[0]}, not 0`;
  return { schemaId: message.readInt32BE(1), payload: message.subarray(HEADER) };
}
