/**
 * Finds the field that makes two schemas incompatible. Each registry describes that field
 * differently, or not at all.
 *
 * @module
 */
import { avroType, decoder } from "../record/avro.ts";

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

/**
 * Returns the first reason why the schema `reader` cannot read records of the schema `writer`; null
 * if it can. Both schemas are records, as JSON.
 *
 * @example
 * ```ts
 * import { incompatibility } from "./compatibility.ts";
 *
 * const record = (fields: unknown) => JSON.stringify({ type: "record", name: "Toot", fields });
 * const why = incompatibility(record([{ name: "app", type: "string" }]), record([]));
 * if (why !== "field 'app' is new and has no default") throw new Error(String(why));
 * ```
 */
export function incompatibility(reader: string, writer: string): string | null {
  const { fields } = JSON.parse(reader) as { fields: readonly Field[] };
  const written = new Map(
    (JSON.parse(writer) as { fields?: readonly Field[] }).fields?.map((f) => [f.name, f]),
  );
  for (const field of fields) {
    const before = written.get(field.name);
    if (before === undefined) {
      if (!("default" in field)) return `field '${field.name}' is new and has no default`;
      continue;
    }
    try {
      decoder(avroType(JSON.stringify(field.type)), avroType(JSON.stringify(before.type)));
    } catch {
      const [now, was] = [field.type, before.type].map((type) => JSON.stringify(type));
      return `field '${field.name}' is ${now} and was ${was}`;
    }
  }
  return null;
}
