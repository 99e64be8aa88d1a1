/**
 * The lake as a sink: batches become Parquet files of three topics.
 *
 * @module
 */
import { isS3, lakeLocation } from "../../lake/store/location.ts";
import { Failure } from "../../common/failure.ts";
import { retryStore, type StoreRetryOptions } from "../../lake/store/retry-store.ts";
import type { Claim } from "../../lake/write/claim/claim.ts";
import { claimInFolder } from "../../lake/write/claim/in-folder.ts";
import { claimInObjectStore } from "../../lake/write/claim/in-object-store.ts";
import {
  type Column,
  COVERAGE_COLUMNS,
  coverageTopic,
  deleteTopic,
  DELETION_COLUMNS,
  TOOT_COLUMNS,
  TOOT_TOPIC,
} from "../../record/record.ts";
import { openRowFiles, type RowFile } from "../../lake/write/row-file.ts";
import type { Env } from "../../common/env.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { nextOffset, openTopicWriter, type TopicWriter } from "../../lake/write/topic-writer.ts";
import type { Batch, OnDurable, Sink } from "./sink.ts";

/** Calls `callback` after this many milliseconds. Returns a function that cancels the timer. */
export type Timer = (callback: () => void, milliseconds: number) => () => void;

/** Options of {@linkcode openLakeSink}. */
export interface LakeSinkOptions {
  /** A folder, created if it is missing, or `s3://bucket`. */
  readonly location: string;
  /** The folder of `writer.json`, which names the partitions claimed in object stores. */
  readonly data: string;
  /**
   * The topic of toots. The names of the topics of deletes and coverage are derived from it.
   * Default: `mastodon-topic`.
   */
  readonly topic?: string;
  /** The maximum number of records in a file. Default: 4,096. */
  readonly rows?: number;
  /**
   * The files are written as soon as the records that wait for them take this many bytes of memory.
   * Default: 16 MiB.
   */
  readonly bytes?: number;
  /**
   * The longest time from a file's first record until the file is written, in milliseconds.
   * Default: 60,000.
   */
  readonly age?: number;
  readonly timer?: Timer;
  readonly env?: Env;
  /** How to retry while the object store is unreachable, and where to report that. */
  readonly retry?: StoreRetryOptions;
}

/**
 * A set of files has at most one file for each topic. If a set is full while this many earlier sets
 * are not written yet, the caller waits. This limits the memory.
 */
const OUTSTANDING = 1;

/**
 * One topic: its writer, the offset of its next file, and a function that takes its records from a
 * batch.
 */
interface Topic {
  readonly recordsOf: (batch: Batch) => readonly object[];
  readonly writer: TopicWriter;
  offset: bigint;
}

/**
 * The set of files that is being filled, and the number of the last batch in it. A topic without
 * records has no file.
 */
interface Pending {
  readonly files: Map<Topic, RowFile>;
  seq: number;
  stopTimer(): void;
}

/**
 * Opens the sink. A batch is durable when all files with its records are durable.
 *
 * @throws {Failure} if the lake cannot be written
 */
export async function openLakeSink(options: LakeSinkOptions, onDurable: OnDurable): Promise<Sink> {
  const { data, topic = TOOT_TOPIC, rows = 4_096, bytes = 16 * 2 ** 20, age = 60_000 } = options;
  const { timer = realTimer, retry = {} } = options;
  const location = lakeLocation(options.location);
  const store = openStore(location, options.env);
  const claim: Claim = isS3(location)
    ? await claimInObjectStore(store, data)
    : await claimInFolder(store, "listener");
  const { partition } = claim;
  const files = await openRowFiles();

  function letGo() {
    claim.release();
    files.close();
  }

  async function open(
    name: string,
    recordsOf: Topic["recordsOf"],
    columns: readonly Column[],
    sortedBy: string,
  ): Promise<Topic> {
    const writer = openTopicWriter({
      ...{ store, files, topic: name, partition, columns, sortedBy: [sortedBy] },
    });
    return { recordsOf, writer, offset: await nextOffset(store, name, partition, retry.notify) };
  }
  async function openTopics(): Promise<Topic[]> {
    return [
      await open(topic, ({ toots }) => toots, TOOT_COLUMNS, "posted_at"),
      await open(
        deleteTopic(topic),
        ({ deletions }) => deletions,
        DELETION_COLUMNS,
        "deleted_at",
      ),
      // Coverage is written last, because a span counts as covered only when its toots are durable.
      await open(coverageTopic(topic), ({ coverage }) => coverage, COVERAGE_COLUMNS, "from"),
    ];
  }
  const topics = await openTopics().catch((error) => {
    letGo();
    throw error;
  });

  let pending: Pending | null = null;
  const writing = new Set<Promise<void>>();
  let lastWritten: Promise<void> = Promise.resolve();
  let failure: unknown = null;

  /** Starts to write the collected records. */
  function rotate() {
    if (pending === null) return;
    const taken = pending;
    pending = null;
    taken.stopTimer();
    const before = lastWritten;
    const work = (async () => {
      // Files are written one after the other, so that offsets and sequence numbers increase.
      await before;
      if (failure !== null) return;
      for (const topic of topics) await publish(topic, taken.files.get(topic));
      onDurable(taken.seq);
    })().catch((error) => void (failure ??= error));
    lastWritten = work;
    writing.add(work);
    work.then(() => writing.delete(work));
  }

  async function publish(to: Topic, file: RowFile | undefined) {
    if (file === undefined) return;
    try {
      await retryStore(() => to.writer.publish(file, to.offset), retry);
    } catch (error) {
      if (!retry.signal?.aborted || !(error instanceof Failure)) throw error;
      throw new Failure(
        `lake ${location}: not everything was written (${error.message}); run the ` +
          `same command again to write the rest`,
        { cause: error },
      );
    }
    to.offset += BigInt(file.rows);
  }

  async function take(batch: Batch) {
    if (failure !== null) throw failure;
    pending ??= {
      files: new Map(),
      seq: batch.seq,
      stopTimer: timer(() => void inTurn(rotate), age),
    };
    const into = pending;
    for (const topic of topics) {
      const records = topic.recordsOf(batch);
      if (records.length === 0) continue;
      let file = into.files.get(topic);
      if (file === undefined) into.files.set(topic, file = await topic.writer.start());
      file.append(records);
    }
    into.seq = batch.seq;
    const held = [...into.files.values()];
    const size = held.reduce((total, file) => total + file.bytes, 0);
    if (size < bytes && held.every((file) => file.rows < rows)) return;
    // One set of files is filled while another is written. The caller waits only if the new set is
    // full before the other one is written.
    while (writing.size >= OUTSTANDING && failure === null) await Promise.race(writing);
    if (failure !== null) throw failure;
    rotate();
  }

  async function flush() {
    rotate();
    await lastWritten;
    if (failure !== null) throw failure;
  }

  // Calls of `write`, `flush` and `close` run one after the other, so that a batch is never split
  // between two sets of files.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine.catch(() => {});
    return mine;
  }

  return {
    name: `lake ${location}`,
    write: (batch) => inTurn(() => take(batch)),
    flush: () => inTurn(flush),
    close: () =>
      inTurn(async () => {
        try {
          await flush();
        } finally {
          letGo();
        }
      }),
  };
}

const realTimer: Timer = (callback, milliseconds) => {
  const id = setTimeout(callback, milliseconds);
  return () => clearTimeout(id);
};
