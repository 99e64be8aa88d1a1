/**
 * A sink for tests. It stores the records. The test decides when they are durable, and when the
 * sink is slow or fails.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";
import type { Batch, OnDurable, Sink } from "../sinks/sink.ts";

/** A sink that tests can inspect. */
export interface TestSink extends Sink {
  readonly batches: Batch[];
  readonly toots: Toot[];
  readonly deletions: Deletion[];
  readonly coverage: Coverage[];
  readonly closed: boolean;
  /** Makes the next writes wait until `letGo` is called. */
  hold(): void;
  letGo(): void;
  /** Makes all records durable, as a real sink does after some time. */
  settle(): void;
  /** From now on, makes every flush fail, and also every write unless `at` is `flush`. */
  fail(error: Error, at?: "write" | "flush"): void;
}

/**
 * Creates the sink. Without `patient`, records are durable as soon as they are written.
 *
 * @param options.patient true to make records durable only at the next `flush` or `settle`
 */
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
