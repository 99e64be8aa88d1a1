/**
 * The one retry policy: how long to wait between attempts, which errors are
 * retried, and what a person is told meanwhile.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @module
 */
import { type Clock, sleep, systemClock } from "./clock.ts";

/** How the waits between attempts grow. */
export interface BackoffOptions {
  /** The longest first wait in milliseconds. Default: 1,000. */
  readonly base?: number;
  /** The longest wait in milliseconds. Default: 120,000. */
  readonly cap?: number;
  /** At least 0 and below 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** A series of growing waits. */
export interface Backoff {
  /** Waits given since the last reset. */
  readonly attempts: number;
  /** The next wait in milliseconds. */
  next(): number;
  /** Starts again with the first wait. */
  reset(): void;
}

/**
 * Exponential, capped, with full jitter: each wait is a random share of the
 * exponential value, so that clients which a restart cut off at the same moment
 * do not all come back in the same second.
 *
 * @example
 * ```ts
 * import { createBackoff } from "./retry.ts";
 *
 * const backoff = createBackoff({ base: 1_000, cap: 5_000, random: () => 1 });
 * const waits = [1, 2, 3, 4].map(() => backoff.next());
 * if (String(waits) !== "1000,2000,4000,5000") throw new Error();
 * ```
 */
export function createBackoff(options: BackoffOptions = {}): Backoff {
  const { base = 1_000, cap = 120_000, random = Math.random } = options;
  let attempts = 0;
  return {
    get attempts() {
      return attempts;
    },
    next: () => Math.round(random() * Math.min(cap, base * 2 ** attempts++)),
    reset: () => attempts = 0,
  };
}

/** What {@linkcode createOutage} and {@linkcode retry} have in common. */
export interface OutageOptions extends BackoffOptions {
  /** The sentence for an error: `the broker does not answer (connection refused)`. */
  readonly describe: (error: unknown) => string;
  /** The sentence for the end of the outage: `the broker answers again`. */
  readonly recovered: string;
  /** Receives these sentences: at once, then once a minute, and when it works again. */
  readonly notify?: (message: string) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Something that fails for a while. */
export interface Outage {
  /** The first error's time in milliseconds since 1970, and the last error; null while it works. */
  readonly current: { readonly since: number; readonly error: unknown } | null;
  /** An attempt failed: notifies if it is time to, and waits before the next attempt. */
  failed(error: unknown): Promise<void>;
  /** An attempt succeeded: notifies if there was an outage. */
  succeeded(): void;
}

const NOTIFY_EVERY = 60_000;

/** Tracks failures for callers whose loop is more than {@linkcode retry} can do. */
export function createOutage(options: OutageOptions): Outage {
  const { describe, recovered, notify = () => {}, signal, clock = systemClock } = options;
  const backoff = createBackoff(options);
  let current: { since: number; error: unknown } | null = null;
  let started = 0;
  let notified = -Infinity;
  return {
    get current() {
      return current;
    },
    failed(error) {
      const time = clock.monotonic();
      if (current === null) started = time;
      current = { since: current?.since ?? clock.now(), error };
      if (time - notified >= NOTIFY_EVERY) {
        notified = time;
        notify(`${describe(error)}; retrying, nothing is lost`);
      }
      return sleep(clock, backoff.next(), signal);
    },
    succeeded() {
      if (current !== null) {
        notify(`${recovered} after ${Math.round((clock.monotonic() - started) / 1_000)} s`);
      }
      current = null;
      notified = -Infinity;
      backoff.reset();
    },
  };
}

/** How {@linkcode retry} behaves. */
export interface RetryOptions extends OutageOptions {
  /** True for an error that is worth another attempt. Default: every error. */
  readonly retryable?: (error: unknown) => boolean;
  /** Gives up after this many attempts. Default: never. */
  readonly attempts?: number;
  /** Gives up after this many milliseconds, even during an attempt. Default: never. */
  readonly within?: number;
}

/** {@linkcode retry} gave up because its time was over; `cause` is the last error. */
export class RetryTimeout extends Error {
  override readonly name = "RetryTimeout";
}

/**
 * Repeats `work` until it succeeds.
 *
 * @throws the error of an attempt if it is not retryable or the last one, or if the signal is
 * aborted
 * @throws {RetryTimeout} if `within` is over
 *
 * @example
 * ```ts
 * import { retry } from "./retry.ts";
 *
 * let attempts = 0;
 * const answer = await retry(
 *   () => ++attempts < 3 ? Promise.reject(new Error("refused")) : Promise.resolve("there"),
 *   { base: 1, describe: String, recovered: "it answers again" },
 * );
 * if (answer !== "there" || attempts !== 3) throw new Error();
 * ```
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { retryable = () => true, attempts = Infinity, within = Infinity } = options;
  const { signal, clock = systemClock } = options;
  const ended = new AbortController();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // handled below, if anyone still waits
  let last: unknown = new Error("no answer");
  const cancel = within === Infinity ? () => {} : clock.after(within, () => {
    late.reject(new RetryTimeout("the time is over", { cause: last }));
    ended.abort();
  });
  const stop = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const outage = createOutage({ ...options, signal: stop });
  try {
    for (let attempt = 1;; attempt++) {
      try {
        const answer = await Promise.race([work(), late.promise]);
        outage.succeeded();
        return answer;
      } catch (error) {
        if (error instanceof RetryTimeout || !retryable(error) || signal?.aborted) throw error;
        if (attempt >= attempts) throw error;
        last = error;
        await outage.failed(error);
        if (signal?.aborted) throw error;
        if (ended.signal.aborted) await late.promise;
      }
    }
  } finally {
    cancel();
  }
}
