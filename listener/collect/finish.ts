/**
 * Ends a run: makes all records durable, or reports why that failed.
 *
 * @module
 */
import type { Sink } from "../sinks/sink.ts";
import type { Batches } from "./batches.ts";
import type { ServerState } from "./server-state.ts";

/**
 * Passes the remaining records to the sinks, flushes and closes them, and writes the
 * checkpoints. If one sink fails, the others are still finished.
 *
 * @throws the error of the first sink that failed
 */
export async function closeSinks(options: {
  readonly batches: Batches;
  readonly sinks: readonly Sink[];
  readonly states: ReadonlyMap<string, ServerState>;
  /** Reports that everything until now has been put into batches. */
  readonly mark: () => void;
}): Promise<void> {
  const { batches, sinks, states, mark } = options;
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(() => batches.drain());
  // After an error, the remaining records are not marked, so no checkpoint covers them.
  if (errors.length === 0) mark();
  await Promise.all(sinks.map((sink) => attempt(() => sink.flush())));
  for (const { checkpoint, deletes, memory } of states.values()) {
    await attempt(() => checkpoint.close());
    deletes.close();
    memory?.close();
  }
  await Promise.all(sinks.map((sink) => attempt(() => sink.close())));
  if (errors.length > 0) throw errors[0];
}
