/**
 * Decodes messages into rows, or says why a message cannot be read.
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

/** A decoded message: a row of the lake, or the reason why the message cannot be read. */
export type Decoded = { readonly row: object } | { readonly unreadable: string };

/** Decodes the messages of one kind of topic. */
export interface Decoder {
  /**
   * Reads the schemas of these messages from the registry, except those that it has read already.
   *
   * @throws {RegistryAway} if the registry does not answer
   */
  learn(values: Iterable<Buffer | null>): Promise<void>;
  /** Decodes a message whose schema was read with {@linkcode learn}. */
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
      unread.set(id, `schema ${id} is not a schema of a ${kind}: ${(error as Error).message}`);
    }
  }

  return {
    async learn(values) {
      unread.clear(); // A schema that was missing may exist by now.
      for (const value of values) {
        const framed = value === null ? "" : unframe(value);
        if (typeof framed === "string") continue;
        const { schemaId } = framed;
        if (!readers.has(schemaId) && !unread.has(schemaId)) await ask(schemaId);
      }
    },
    decode(value) {
      const framed = unframe(value);
      if (typeof framed === "string") return { unreadable: framed };
      const read = readers.get(framed.schemaId);
      if (read === undefined) {
        return {
          unreadable: unread.get(framed.schemaId) ?? `schema ${framed.schemaId} is unknown`,
        };
      }
      try {
        return { row: read(framed.payload) as object };
      } catch (error) {
        return { unreadable: `schema ${framed.schemaId}: ${(error as Error).message}` };
      }
    },
  };
}
