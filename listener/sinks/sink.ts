/**
 * Where records go. Every sink takes the same batches and says, in its own
 * time, which of them are durable; the checkpoint waits for the slowest.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";

/** Records that travel together. */
export interface Batch {
  /** Rises by one a batch, from 1. */
  readonly seq: number;
  readonly toots: readonly Toot[];
  readonly deletions: readonly Deletion[];
  /** Spans that these toots belong to are durable no earlier than the toots. */
  readonly coverage: readonly Coverage[];
}

/**
 * Told by a sink: every batch up to and including `seq` would survive a power
 * cut. Calls rise; a sink may skip numbers.
 */
export type OnDurable = (seq: number) => void;

/** A place for records. */
export interface Sink {
  /** For people and for the checkpoint: `lake data/lake`, `kafka localhost:9092/mastodon-topic`. */
  readonly name: string;
  /**
   * Takes a batch. Resolves as soon as there is room for the next one, which
   * may be before this one is durable; not resolving is how a sink says wait.
   *
   * @throws {Failure} where it cannot go on
   */
  write(batch: Batch): Promise<void>;
  /** Makes all that was taken durable, and says so before it resolves. */
  flush(): Promise<void>;
  /** Flushes and lets go of files and connections. */
  close(): Promise<void>;
}
