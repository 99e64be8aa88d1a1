/**
 * The end of a run: everything that was taken becomes durable, or it is said why
 * not.
 *
 * @module
 */
import type { Sink } from "../sinks/sink.ts";
import type { Batches } from "./batches.ts";
import type { ServerState } from "./server-state.ts";

/**
 * Gives the sinks what is left, flushes and closes them, and writes the
 * checkpoints. One that fails does not keep the others from ending well.
 *
 * @throws what the first of them that failed threw
 */
export async function closeSinks(options: {
  readonly batches: Batches;
  readonly sinks: readonly Sink[];
  readonly states: ReadonlyMap<string, ServerState>;
  /** Says that everything lies in batches now. */
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
  // What a sink did not take stays unmarked: the batch that failed was marked, and waits for it.
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
