/**
 * Collects the messages of each partition, in order, into files of the lake. Offsets are committed
 * only after the rows are durable.
 *
 * A file is named after its first offset. After a crash before the commit, the same messages come
 * again, and a new file replaces the file with the same name. The new file must have at least as
 * many rows as the old one. So no rows are lost if a former owner of the partition writes late.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { RowFile } from "../write/row-file.ts";
import type { DeadLetter } from "./dead-letters.ts";
import type { Decoder } from "./decode.ts";

/** A message as the consumer receives it. */
export interface ConsumedMessage {
  /** The offset as a decimal number. */
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The destination of the rows of one partition. */
export interface Landing {
  readonly decoder: Decoder;
  /** Starts to collect the rows of a file. */
  start(): Promise<RowFile>;
  /**
   * Returns the number of rows in the file that starts at `offset`; 0 if there is no such file.
   *
   * @throws {Failure} if the file does not contain the row `head`, because then it belongs to
   * another topic
   */
  existing(offset: bigint, head: object): Promise<number>;
  /**
   * Writes the rows and frees them. Resolves with the file's path when the rows are durable, or
   * with null if `still` returned false before they were written.
   */
  publish(rows: RowFile, offset: bigint, still: () => boolean): Promise<string | null>;
  /** Releases the partition, so that another process may write it. */
  release(): void;
}

/** Options of {@linkcode createLander}. */
export interface LanderOptions {
  readonly open: (place: TopicPartition) => Promise<Landing>;
  /** Commits all messages before `offset`. Messages that are not committed come again. */
  readonly commit: (place: TopicPartition, offset: string) => Promise<void>;
  /** Stores an unreadable message, and resolves when it would survive a power cut. */
  readonly deadLetter: (letter: DeadLetter) => Promise<void>;
  /** A file is written when it has this many rows. */
  readonly rows: number;
  /** A file is written when its values take this many bytes. */
  readonly bytes: number;
  /** If all unwritten files together have more bytes of values, the largest one is written. */
  readonly total: number;
  /** The longest time from a file's first row until the file is written, in milliseconds. */
  readonly age: number;
  readonly now: () => number;
  /** Called when a file was written. */
  readonly onFile: (
    file: { path: string; rows: number; first: bigint; place: TopicPartition },
  ) => void;
}

/** The counts of a run. */
export interface LanderTotals {
  files: number;
  rows: number;
  /** The number of messages that became dead letters. */
  unreadable: number;
  tombstones: number;
}

/** Writes messages to the lake. */
export interface Lander {
  readonly totals: LanderTotals;
  /**
   * Forgets the messages that are not in a file yet. After a rebalance, all messages since the last
   * commit come again, here or in another member.
   */
  reset(): void;
  /** Resolves when the memory of all forgotten messages is freed. */
  settled(): Promise<void>;
  /** Takes messages of one partition, in order. Resolves when there is room for more. */
  take(place: TopicPartition, messages: readonly ConsumedMessage[]): Promise<void>;
  /** Writes the files that have reached the maximum age; with `all`, all files. */
  flush(all?: boolean): Promise<void>;
}

/** The rows that are collected for one file, and the offset after them. */
interface Collecting {
  rows: RowFile | null;
  /** Rows that are not in `rows` yet, because appending many at once is cheaper. */
  waiting: object[];
  /** The first row, and its offset. */
  head: object | null;
  first: bigint;
  /** The offset after the last message, even if that message was skipped. */
  next: bigint;
  readonly since: number;
  /** The number of rows in the existing file with the same name; 0 if none is known. */
  atLeast: number;
}

interface Partition {
  readonly place: TopicPartition;
  readonly landing: Landing;
  collecting: Collecting | null;
  /** The offset after the last message that was taken; null at first. */
  next: bigint | null;
  /** Resolves when all `queued` files are written. They are written one after the other. */
  writing: Promise<void>;
  /** The number of files that are being written or wait for that. `collecting` does not count. */
  queued: number;
  /** True if writing a file failed. Then no later message may be committed. */
  failed: boolean;
}

/** The number of rows that are appended to DuckDB's columns at once. */
const APPEND_ROWS = 512;

const count = ({ rows, waiting }: Collecting) => (rows?.rows ?? 0) + waiting.length;

/** Creates the lander. */
export function createLander(options: LanderOptions): Lander {
  const { open, commit, deadLetter, rows, bytes, total, age, now, onFile } = options;
  const totals: LanderTotals = { files: 0, rows: 0, unreadable: 0, tombstones: 0 };
  let partitions = new Map<string, Promise<Partition>>();
  let opened: Partition[] = [];
  let epoch = 0;
  const leaving = new Set<Promise<void>>();
  const taking = new Set<Promise<void>>();

  function partitionOf(place: TopicPartition): Promise<Partition> {
    const name = `${place.topic}/${place.partition}`;
    let partition = partitions.get(name);
    if (partition === undefined) {
      const mine = epoch;
      const all = partitions;
      partition = open(place).then((landing) => {
        const made: Partition = {
          ...{ place, landing, collecting: null, next: null, queued: 0, failed: false },
          writing: Promise.resolve(),
        };
        if (mine === epoch) opened.push(made);
        else landing.release();
        return made;
      });
      partition.catch(() => all.delete(name));
      all.set(name, partition);
    }
    return partition;
  }

  const held = ({ collecting }: Partition) => collecting?.rows?.bytes ?? 0;

  function isFull(partition: Partition): boolean {
    const { collecting } = partition;
    if (collecting === null || count(collecting) < collecting.atLeast) return false;
    return count(collecting) >= rows || held(partition) >= bytes;
  }

  function isDue({ collecting, queued }: Partition): boolean {
    return collecting !== null && queued === 0 && count(collecting) >= collecting.atLeast &&
      now() - collecting.since >= age;
  }

  /** Writes the collected rows of a partition, after its earlier files. */
  function write(partition: Partition): Promise<void> {
    const mine = epoch;
    const still = () => mine === epoch;
    partition.queued++;
    const work = partition.writing.then(() => still() ? land(partition, still) : undefined)
      .finally(() => partition.queued--);
    partition.writing = work.catch(() => void (partition.failed = true));
    return work;
  }

  async function land(partition: Partition, still: () => boolean): Promise<void> {
    const { place, landing, collecting: taken } = partition;
    if (partition.failed) throw new Error(`${place.topic}/${place.partition} failed before`);
    if (taken === null) return;
    if (taken.head !== null) {
      taken.atLeast = await landing.existing(taken.first, taken.head);
      // Wait for more rows. All rows of the existing file are still in the topic and will come.
      if (!still() || count(taken) < taken.atLeast) return;
    }
    // From now on, messages are collected for the next file.
    partition.collecting = null;
    const { rows: file, waiting, first, next } = taken;
    if (file !== null) {
      if (waiting.length > 0) file.append(waiting);
      const count = file.rows;
      const path = await landing.publish(file, first, still);
      if (path === null) return await file.discard();
      totals.files++;
      totals.rows += count;
      onFile({ path, rows: count, first, place });
    }
    if (still()) await commit(place, String(next));
  }

  /**
   * Takes one message. The state changes only after the last `await`, so it is never half changed.
   */
  async function takeOne(partition: Partition, message: ConsumedMessage, still: () => boolean) {
    const { place, landing } = partition;
    const offset = BigInt(message.offset);
    // After an error in the middle of a batch, Kafka sends messages again that were taken before.
    if (partition.next !== null && offset < partition.next) return;

    const decoded = message.value === null ? null : landing.decoder.decode(message.value);
    const row = decoded !== null && "row" in decoded ? decoded.row : null;
    let fresh: RowFile | null = null;
    if (decoded !== null && "unreadable" in decoded) {
      await deadLetter({ ...place, ...message, reason: decoded.unreadable });
      totals.unreadable++;
    } else if (decoded === null) totals.tombstones++;
    else if (!partition.collecting?.rows) fresh = await landing.start();
    if (!still()) return await fresh?.discard();

    const collecting = partition.collecting ??= {
      ...{ rows: null, waiting: [], head: null, first: offset, atLeast: 0 },
      ...{ next: offset, since: now() },
    };
    partition.next = collecting.next = offset + 1n;
    if (row === null) return;
    collecting.rows ??= fresh;
    if (collecting.head === null) {
      collecting.head = row;
      collecting.first = offset;
    }
    if (collecting.waiting.push(row) >= APPEND_ROWS) {
      collecting.rows!.append(collecting.waiting);
      collecting.waiting = [];
    }
  }

  return {
    totals,

    reset() {
      epoch++;
      for (const partition of opened) {
        const left = partition.writing.then(async () => {
          await partition.collecting?.rows?.discard();
          partition.landing.release();
        }).catch(() => {}).finally(() => leaving.delete(left));
        leaving.add(left);
      }
      opened = [];
      partitions = new Map();
    },

    async settled() {
      await Promise.all([...leaving, ...taking]);
    },

    take(place, messages) {
      const work = takeAll(place, messages);
      const quiet = work.catch(() => {}).finally(() => taking.delete(quiet));
      taking.add(quiet);
      return work;
    },

    async flush(all = false) {
      await Promise.all(opened.filter((partition) => all || isDue(partition)).map(write));
    },
  };

  async function takeAll(
    place: TopicPartition,
    messages: readonly ConsumedMessage[],
  ): Promise<void> {
    const mine = epoch;
    const still = () => mine === epoch;
    const partition = await partitionOf(place);
    await partition.landing.decoder.learn(messages.map(({ value }) => value));
    for (const message of messages) {
      if (!still()) return;
      await takeOne(partition, message, still);
      if (isFull(partition)) await write(partition);
    }
    // With many partitions, all files together may be too large while none of them is full.
    while (still() && opened.reduce((sum, one) => sum + held(one), 0) > total) {
      const largest = opened.reduce((one, other) => held(one) >= held(other) ? one : other);
      const before = held(largest);
      await write(largest);
      if (held(largest) >= before) break; // This file waits for more rows, so it was not written.
    }
  }
}
