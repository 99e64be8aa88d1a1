/**
 * Encodes records as messages: Avro in Confluent's wire format.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { AvroType } from "../../record/avro.ts";
import { HEADER } from "../../kafka/wire.ts";

/** Messages are cut from buffers of this size, so that one allocation serves many. */
const SLAB = 64 * 1024;

/**
 * Makes a function that turns records into messages.
 *
 * @param schemaId the number that the registry gave the type's schema
 * @throws {Error} (the function) where a record does not fit the schema
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
      // The error says how many bytes were missing. The old buffer belongs to the earlier
      // messages.
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
