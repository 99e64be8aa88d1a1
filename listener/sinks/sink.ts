/**
 * Where records go. Every sink takes the same batches and reports, when it is ready,
 * which of them are durable. The checkpoint waits for the slowest sink.
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
 * Called by a sink: every batch up to and including `seq` would survive a power cut.
 * The numbers rise; a sink may skip some.
 */
export type OnDurable = (seq: number) => void;

/** A place for records. */
export interface Sink {
  /** For people and for the checkpoint: `lake data/lake`, `kafka localhost:9092/mastodon-topic`. */
  readonly name: string;
  /**
   * Takes a batch. Resolves as soon as there is room for the next one, which may be
   * before this one is durable. Until then the caller waits.
   *
   * @throws {Failure} if it cannot go on
   */
  write(batch: Batch): Promise<void>;
  /** Makes everything that it took durable, and reports so before it resolves. */
  flush(): Promise<void>;
  /** Flushes, and closes files and connections. */
  close(): Promise<void>;
}
