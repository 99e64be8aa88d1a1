/**
 * Messages to rows. What is no record of ours is told from it, with the reason.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import {
  COVERAGE_RECORD,
  type Decode,
  decoder,
  DELETION_RECORD,
  TOOT_RECORD,
} from "../../record/avro.ts";
import type { Registry } from "../../kafka/registry.ts";
import { unframe } from "../../kafka/wire.ts";

/** What became of a message: a row of the lake, or poison. */
export type Decoded = { readonly row: object } | { readonly poison: string };

/** Decodes messages of our topics. */
export interface Decoder {
  /**
   * Sees to it that the schemas of these messages are known; asks the registry
   * once a schema.
   *
   * @throws {RegistryAway} where it does not answer
   */
  learn(values: Iterable<Buffer | null>): Promise<void>;
  /** Reads a message whose schema was learnt. */
  decode(value: Buffer): Decoded;
}

/** The kinds of records. */
export type Kind = "toot" | "deletion" | "coverage";

const TYPES = {
  toot: TOOT_RECORD.type,
  deletion: DELETION_RECORD.type,
  coverage: COVERAGE_RECORD.type,
};

/** Opens a decoder for messages of one kind. */
export function openDecoder(kind: Kind, registry: Pick<Registry, "writer">): Decoder {
  const readers = new Map<number, Decode>();
  const unread = new Map<number, string>();

  async function ask(id: number): Promise<void> {
    const writer = await registry.writer(id);
    if (writer === null) return void unread.set(id, `the registry has no Avro schema ${id}`);
    try {
      readers.set(id, decoder(TYPES[kind], writer));
    } catch (error) {
      unread.set(id, `schema ${id} is no ${kind}: ${(error as Error).message}`);
    }
  }

  return {
    async learn(values) {
      unread.clear(); // a schema that was not there may be there by now
      for (const value of values) {
        const framed = value === null ? "" : unframe(value);
        if (typeof framed === "string") continue;
        const { schemaId } = framed;
        if (!readers.has(schemaId) && !unread.has(schemaId)) await ask(schemaId);
      }
    },
    decode(value) {
      const framed = unframe(value);
      if (typeof framed === "string") return { poison: framed };
      const read = readers.get(framed.schemaId);
      if (read === undefined) {
        return { poison: unread.get(framed.schemaId) ?? `schema ${framed.schemaId} is unknown` };
      }
      try {
        return { row: read(framed.payload) as object };
      } catch (error) {
        return { poison: `schema ${framed.schemaId}: ${(error as Error).message}` };
      }
    },
  };
}
