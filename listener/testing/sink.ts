/**
 * A sink for tests: keeps what it takes, and is durable, slow or broken on
 * demand.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";
import type { Batch, OnDurable, Sink } from "../sinks/sink.ts";

/** A sink that tests look into. */
export interface TestSink extends Sink {
  readonly batches: Batch[];
  readonly toots: Toot[];
  readonly deletions: Deletion[];
  readonly coverage: Coverage[];
  readonly closed: boolean;
  /** Held: a write does not resolve before it is let go. */
  hold(): void;
  letGo(): void;
  /** Makes all that was taken durable, as a sink does in its own time. */
  settle(): void;
  /** From now on every write, or every flush, throws. */
  fail(error: Error, at?: "write" | "flush"): void;
}

/** @param options.patient does not make durable what it takes before it is flushed */
export function createTestSink(
  onDurable: OnDurable,
  { name = "test", patient = false }: { name?: string; patient?: boolean } = {},
): TestSink {
  const batches: Batch[] = [];
  let held: { promise: Promise<void>; resolve: () => void } | null = null;
  let failure: { error: Error; at: "write" | "flush" } | null = null;
  let durable = 0, closed = false;
  const settle = () => {
    const seq = batches.at(-1)?.seq ?? 0;
    if (seq > durable) onDurable(durable = seq);
  };
  return {
    name,
    batches,
    get toots() {
      return batches.flatMap(({ toots }) => toots);
    },
    get deletions() {
      return batches.flatMap(({ deletions }) => deletions);
    },
    get coverage() {
      return batches.flatMap(({ coverage }) => coverage);
    },
    get closed() {
      return closed;
    },
    hold() {
      held = Promise.withResolvers<void>();
    },
    letGo() {
      held?.resolve();
      held = null;
    },
    settle,
    fail(error, at = "write") {
      failure = { error, at };
    },
    async write(batch) {
      await held?.promise;
      if (failure?.at === "write") throw failure.error;
      batches.push(batch);
      if (!patient) settle();
    },
    flush() {
      if (failure !== null) return Promise.reject(failure.error);
      settle();
      return Promise.resolve();
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}
