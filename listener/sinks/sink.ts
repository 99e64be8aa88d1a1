/**
 * The destinations of records. Every sink takes the same batches, and reports which of them
 * are durable. The checkpoint waits for the slowest sink.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";

/** A batch of records. */
export interface Batch {
  /** Increases by one per batch, starting with 1. */
  readonly seq: number;
  readonly toots: readonly Toot[];
  readonly deletions: readonly Deletion[];
  /** Spans of coverage. They become durable no earlier than the toots of the batch. */
  readonly coverage: readonly Coverage[];
}

/**
 * Called by a sink when every batch up to and including `seq` would survive a power cut. The
 * numbers increase; a sink may skip some.
 */
export type OnDurable = (seq: number) => void;

/** A destination of records. */
export interface Sink {
  /**
   * The name in messages and in the checkpoint: `lake data/lake`, `kafka
   * localhost:9092/mastodon-topic`.
   */
  readonly name: string;
  /**
   * Takes a batch, and resolves when there is room for the next one. The batch may not be durable
   * by then. The caller must wait for the promise before the next call.
   *
   * @throws {Failure} if the sink cannot go on
   */
  write(batch: Batch): Promise<void>;
  /** Makes all batches durable, and reports that before it resolves. */
  flush(): Promise<void>;
  /** Flushes the sink, and closes its files and connections. */
  close(): Promise<void>;
}
