/**
 * Collects single records into batches.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import type { Batch } from "../sinks/sink.ts";

/** Options of {@linkcode createBatches}. */
export interface BatchesOptions {
  /** A batch is full when it has at least this many records. Default: 250. */
  readonly rows?: number;
  /**
   * A batch that is not full is sent this many milliseconds after its first record. Default: 250.
   */
  readonly age?: number;
  readonly clock?: Clock;
}

/** Collects records into batches. */
export interface Batches {
  /** The sequence number of the last batch that was passed to `send`; 0 before the first one. */
  readonly seq: number;
  /** The number of records that have not been passed to `send` yet. */
  readonly waiting: number;
  toot(toot: Toot): void;
  deletion(deletion: Deletion): void;
  coverage(coverage: Coverage): void;
  /**
   * Returns a promise that resolves when there is room for more records, or undefined if there is
   * room now. Wait for the promise before adding the next burst. It rejects if sending has failed.
   */
  room(): Promise<void> | undefined;
  /**
   * Sends the collected records, and resolves when `send` has taken them. Rejects if sending has
   * failed.
   */
  drain(): Promise<void>;
}

/**
 * Creates a collection without records. Batches are sent one at a time: while one is being sent,
 * the next one is filled. When the next one is full too, callers must wait for
 * {@linkcode Batches.room}.
 *
 * @param send sends a batch; after an error, no further batch is sent
 * @param onFailure called with the error as soon as `send` has failed
 */
export function createBatches(
  send: (batch: Batch) => Promise<void>,
  onFailure: (error: unknown) => void,
  { rows = 250, age = 250, clock = systemClock }: BatchesOptions = {},
): Batches {
  let toots: Toot[] = [], deletions: Deletion[] = [], coverage: Coverage[] = [];
  let seq = 0;
  let sending: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;
  let cancel: (() => void) | null = null;
  let due = false;
  const size = () => toots.length + deletions.length + coverage.length;

  function dispatch(): void {
    if (sending !== null || failure !== null || size() === 0) return;
    cancel?.();
    cancel = null;
    due = false;
    const batch = { seq: ++seq, toots, deletions, coverage };
    toots = [];
    deletions = [];
    coverage = [];
    sending = send(batch).then(() => {
      sending = null;
      if (due || size() >= rows) dispatch();
    }, (error) => {
      sending = null;
      failure = { error };
      onFailure(error);
    });
  }

  function begin(): void {
    cancel ??= clock.after(age, () => {
      cancel = null;
      due = true;
      dispatch();
    });
  }

  async function wait(): Promise<void> {
    while (size() >= rows && failure === null) {
      dispatch();
      if (size() >= rows) await sending;
    }
    if (failure !== null) throw failure.error;
  }

  return {
    get seq() {
      return seq;
    },
    get waiting() {
      return size();
    },
    toot(toot) {
      if (toots.push(toot) === 1) begin();
    },
    deletion(deletion) {
      if (deletions.push(deletion) === 1) begin();
    },
    coverage(span) {
      if (coverage.push(span) === 1) begin();
    },
    room() {
      return size() >= rows || failure !== null ? wait() : undefined;
    },
    async drain() {
      while (failure === null && (size() > 0 || sending !== null)) {
        dispatch();
        await sending;
      }
      cancel?.();
      if (failure !== null) throw failure.error;
    },
  };
}
