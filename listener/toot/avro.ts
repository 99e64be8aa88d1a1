/**
 * Encodes records as messages: Avro in Confluent's wire format.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { AvroType } from "../../record/avro.ts";
import { HEADER } from "../../kafka/wire.ts";

/**
 * The size in bytes of the buffers that messages are cut from, so that one allocation serves many
 * messages.
 */
const SLAB = 64 * 1024;

/**
 * Creates a function that turns records into messages.
 *
 * @param schemaId the number of the schema in the registry
 * @throws {Error} in the returned function, if a record does not fit the schema
 *
 * @example
 * ```ts
 * import { DELETION_RECORD } from "../../record/avro.ts";
 * import { messageEncoder } from "./avro.ts";
 *
 * const encode = messageEncoder(DELETION_RECORD.type, 7);
 * const message = encode({ base_url: "https://a.example", status_id: "1", deleted_at: 0 });
 * if (message[0] !== 0 || message[4] !== 7) throw new Error();
 * ```
 */
export function messageEncoder(type: AvroType, schemaId: number): (record: object) => Buffer {
  let slab = Buffer.allocUnsafe(SLAB);
  let at = 0;
  return (record) => {
    let end = at + HEADER < slab.length ? type.encode(record, slab, at + HEADER) : -SLAB;
    if (end < 0) {
      // A negative `end` says how many bytes were missing. The old buffer still belongs to the
      // earlier messages, so a new one is needed.
      const needed = HEADER + (slab.length - at) - end;
      slab = Buffer.allocUnsafe(Math.max(SLAB, needed));
      at = 0;
      end = type.encode(record, slab, HEADER);
      while (end < 0) {
        slab = Buffer.allocUnsafe(slab.length - end + HEADER);
        end = type.encode(record, slab, HEADER);
      }
    }
    slab[at] = 0;
    slab.writeInt32BE(schemaId, at + 1);
    const message = slab.subarray(at, end);
    at = end;
    return message;
  };
}
