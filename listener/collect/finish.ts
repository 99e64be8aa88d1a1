/**
 * Ends a run: makes all records durable, and closes the sinks and the files of the servers.
 *
 * @module
 */
import type { Sink } from "../sinks/sink.ts";
import type { Batches } from "./batches.ts";
import type { ServerState } from "./server-state.ts";

/**
 * Passes the remaining records to the sinks, flushes and closes them, and writes the
 * checkpoints. If one sink fails, the others are still flushed and closed.
 *
 * @throws the first error of a sink or a checkpoint
 */
export async function closeSinks(options: {
  readonly batches: Batches;
  readonly sinks: readonly Sink[];
  readonly states: ReadonlyMap<string, ServerState>;
  /** Called when the sinks have taken all records. The checkpoints may then cover these records. */
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
