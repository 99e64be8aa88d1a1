/**
 * From messages in order to files in the lake, and the offsets that may be
 * committed: always behind what is durable.
 *
 * A file is named by its first offset. After a crash between file and commit the
 * same messages come again and make a file of the same name, which replaces the
 * first. So that the second is never the shorter one, and no row that was there
 * is gone for a while or, where an old owner is late, for good, a file is not
 * replaced before it can be by at least as many rows.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { RowFile } from "../write/row-file.ts";
import type { DeadLetter } from "./dead-letters.ts";
import type { Decoder } from "./decode.ts";

/** A message as it comes from a partition. */
export interface Message {
  /** Decimal. */
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Where the rows of one partition go. */
export interface Landing {
  readonly decoder: Decoder;
  /** Starts the rows of a file to be. */
  start(): Promise<RowFile>;
  /**
   * How many rows the file that starts at `offset` has; 0 where none lies there.
   *
   * @throws {Failure} where it does not hold `head`, its first row: it is another topic's
   */
  existing(offset: bigint, head: object): Promise<number>;
  /**
   * Writes the rows and lets go of them; resolves with the file's path once they
   * are durable, with null where `still` has become false before they were written.
   */
  publish(rows: RowFile, offset: bigint, still: () => boolean): Promise<string | null>;
  /** Lets go of the partition. */
  release(): void;
}

/** What {@linkcode createLander} works with. */
export interface LanderOptions {
  readonly open: (place: Place) => Promise<Landing>;
  /** Says that all before `offset` is done. Where that cannot be said, it is done once more. */
  readonly commit: (place: Place, offset: string) => Promise<void>;
  /** Keeps what cannot be read; resolves once it would survive a power cut. */
  readonly bury: (letter: DeadLetter) => Promise<void>;
  /** Rows of a file at most. */
  readonly rows: number;
  /** Bytes of a file's values at most. */
  readonly bytes: number;
  /** Bytes over all partitions at most. */
  readonly total: number;
  /** Milliseconds that a row waits for its file at most. */
  readonly age: number;
  readonly now: () => number;
  /** A file was written. */
  readonly onFile: (file: { path: string; rows: number; first: bigint; place: Place }) => void;
}

/** What was done. */
export interface LanderTotals {
  files: number;
  rows: number;
  poison: number;
  tombstones: number;
}

/** Lands messages. */
export interface Lander {
  readonly totals: LanderTotals;
  /**
   * Forgets what is not yet in a file: the group was divided anew, and everything
   * since the last commit comes again, here or elsewhere.
   */
  reset(): void;
  /** Resolves when all that was forgotten has been let go of. */
  settled(): Promise<void>;
  /** Takes messages of one partition, in order; resolves when there is room for more. */
  take(place: Place, messages: readonly Message[]): Promise<void>;
  /** Writes the files that are due by age; with `all` whatever there is. */
  flush(all?: boolean): Promise<void>;
}

/** What is being collected for one file; and what was passed over after the last one. */
interface Collecting {
  rows: RowFile | null;
  /** Rows on their way into `rows`: many at once are cheaper. */
  waiting: object[];
  /** The first row, and its offset. */
  head: object | null;
  first: bigint;
  /** The offset after the last message, whatever became of it. */
  next: bigint;
  readonly since: number;
  /** Rows of the file that lies there already, as far as it is known. */
  atLeast: number;
}

interface Partition {
  readonly place: Place;
  readonly landing: Landing;
  collecting: Collecting | null;
  /** The offset after the last message that was taken; null at first. */
  next: bigint | null;
  /** One file after the other; how many are still to be written. */
  writing: Promise<void>;
  queued: number;
  /** Set where writing has failed: nothing after it may be committed. */
  failed: boolean;
}

/** So many rows wait before they go into DuckDB's columns. */
const TOGETHER = 512;

const count = ({ rows, waiting }: Collecting) => (rows?.rows ?? 0) + waiting.length;

/** Makes a lander. */
export function createLander(options: LanderOptions): Lander {
  const { open, commit, bury, rows, bytes, total, age, now, onFile } = options;
  const totals: LanderTotals = { files: 0, rows: 0, poison: 0, tombstones: 0 };
  let partitions = new Map<string, Promise<Partition>>();
  let opened: Partition[] = [];
  let epoch = 0;
  const leaving = new Set<Promise<void>>();
  const taking = new Set<Promise<void>>();

  function partitionOf(place: Place): Promise<Partition> {
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

  /** Writes what a partition has collected, after what is being written. */
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
    if (partition.failed) throw new Error(`${place.topic}/${place.partition} has failed before`);
    if (taken === null) return;
    if (taken.head !== null) {
      taken.atLeast = await landing.existing(taken.first, taken.head);
      // There will be more: what that file holds lies in the topic.
      if (!still() || count(taken) < taken.atLeast) return;
    }
    // From here on messages are collected for the next file.
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

  /** Takes one message. Between its last wait and its end nobody sees half of it. */
  async function takeOne(partition: Partition, message: Message, still: () => boolean) {
    const { place, landing } = partition;
    const offset = BigInt(message.offset);
    // Delivered again after a fault in mid-batch: it is here already.
    if (partition.next !== null && offset < partition.next) return;

    const decoded = message.value === null ? null : landing.decoder.decode(message.value);
    const row = decoded !== null && "row" in decoded ? decoded.row : null;
    let fresh: RowFile | null = null;
    if (decoded !== null && "poison" in decoded) {
      await bury({ ...place, ...message, reason: decoded.poison });
      totals.poison++;
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
    if (collecting.waiting.push(row) >= TOGETHER) {
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

  async function takeAll(place: Place, messages: readonly Message[]): Promise<void> {
    const mine = epoch;
    const still = () => mine === epoch;
    const partition = await partitionOf(place);
    await partition.landing.decoder.learn(messages.map(({ value }) => value));
    for (const message of messages) {
      if (!still()) return;
      await takeOne(partition, message, still);
      if (isFull(partition)) await write(partition);
    }
    // With many partitions none may be full, and all together too large.
    while (still() && opened.reduce((sum, one) => sum + held(one), 0) > total) {
      const largest = opened.reduce((one, other) => held(one) >= held(other) ? one : other);
      const before = held(largest);
      await write(largest);
      if (held(largest) >= before) break; // it waits for more rows
    }
  }
}
