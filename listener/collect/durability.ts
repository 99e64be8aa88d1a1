/**
 * Tracks which batches are durable in every sink.
 *
 * @module
 */

/** Tells which batches are durable in all sinks. */
export interface Durability {
  /** All batches up to this sequence number are durable in all sinks; 0 if no batch is. */
  readonly seq: number;
  /** Calls `callback` as soon as all batches up to `seq` are durable in all sinks. */
  when(seq: number, callback: () => void): void;
  /** Reports that all batches up to `seq` are durable in the sink with the index `sink`. */
  durable(sink: number, seq: number): void;
}

/**
 * Creates a tracker. At first, no batch is durable.
 *
 * @param sinks the number of sinks; without sinks, everything is durable at once
 *
 * @example
 * ```ts
 * import { createDurability } from "./durability.ts";
 *
 * const durability = createDurability(2);
 * let safe = false;
 * durability.when(7, () => safe = true);
 * durability.durable(0, 9);
 * if (safe) throw new Error("the other sink has not got it yet");
 * durability.durable(1, 7);
 * if (!safe) throw new Error();
 * ```
 */
export function createDurability(sinks: number): Durability {
  const reached = new Array<number>(sinks).fill(0);
  const waiting: { seq: number; callback: () => void }[] = [];
  let safe = Math.min(...reached); // Infinity if there are no sinks.

  return {
    get seq() {
      return safe;
    },
    when(seq, callback) {
      if (seq <= safe) callback();
      else waiting.push({ seq, callback });
    },
    durable(sink, seq) {
      reached[sink] = Math.max(reached[sink]!, seq);
      safe = Math.min(...reached);
      while (waiting.length > 0 && waiting[0]!.seq <= safe) waiting.shift()!.callback();
    },
  };
}
