/**
 * Records that come one by one travel in batches.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../../record/record.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import type { Batch } from "../sinks/sink.ts";

/** When a batch is complete. */
export interface BatchesOptions {
  /** Records at which it is sent. Default: 250. */
  readonly rows?: number;
  /** Milliseconds after its first record at which it is sent anyway. Default: 250. */
  readonly age?: number;
  readonly clock?: Clock;
}

/** Gathers records. */
export interface Batches {
  /** The sequence number of the last batch that was sent. */
  readonly seq: number;
  /** Records that were not sent yet. */
  readonly waiting: number;
  toot(toot: Toot): void;
  deletion(deletion: Deletion): void;
  coverage(coverage: Coverage): void;
  /**
   * A promise of room for more; undefined if there is room now. Wait for it before the
   * next burst. Rejects if sending has failed.
   */
  room(): Promise<void> | undefined;
  /** Sends what is there, and resolves when it was taken. Rejects where sending has failed. */
  drain(): Promise<void>;
}

/**
 * One batch at a time is being sent. Meanwhile the next one is filled; when that is
 * full too, whoever adds records has to wait.
 *
 * @param send takes a batch; what it throws ends all sending
 * @param onFailure receives at once what `send` threw
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
