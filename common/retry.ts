/**
 * The retry policy of all programs: how long to wait between attempts, which errors are retried,
 * and which messages the user gets meanwhile.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @module
 */
import { type Clock, sleep, systemClock } from "./clock.ts";

/** Options for the waits between attempts. */
export interface BackoffOptions {
  /** The upper limit of the first wait, in milliseconds. Default: 1,000. */
  readonly base?: number;
  /** The upper limit of each wait, in milliseconds. Default: 120,000. */
  readonly cap?: number;
  /** Returns a random number from 0 to below 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** A series of growing waits. */
export interface Backoff {
  /** The number of waits since the last reset. */
  readonly attempts: number;
  /** Returns the next wait in milliseconds. */
  next(): number;
  /** Starts again with the first wait. */
  reset(): void;
}

/**
 * Creates a series of waits that grow exponentially up to a limit, with full jitter: each wait is a
 * random share of the exponential value. So clients that were disconnected at the same moment do
 * not all reconnect in the same second.
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

/** The common options of {@linkcode createOutage} and {@linkcode retry}. */
export interface OutageOptions extends BackoffOptions {
  /** Returns a text for an error, such as `the broker does not answer (connection refused)`. */
  readonly describe: (error: unknown) => string;
  /**
   * The message for the end of the outage, such as `the broker answers again`. The duration is
   * added.
   */
  readonly recovered: string;
  /** Receives messages: at the first error, then at most once a minute, and at the next success. */
  readonly notify?: (message: string) => void;
  /** Aborting this signal ends the wait between two attempts. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** A service that may fail for a while. */
export interface Outage {
  /**
   * The time of the first error since the last success, in milliseconds since 1970, and the latest
   * error; null while the service works.
   */
  readonly current: { readonly since: number; readonly error: unknown } | null;
  /**
   * Reports that an attempt failed. Sends a message if one is due, and waits until the next
   * attempt.
   */
  failed(error: unknown): Promise<void>;
  /** Reports that an attempt succeeded. Sends a message if there was an outage. */
  succeeded(): void;
}

const NOTIFY_EVERY = 60_000;

/**
 * Creates an {@linkcode Outage} for callers that have their own retry loop, because {@linkcode
 * retry} is too simple for them.
 */
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

/** Options of {@linkcode retry}. */
export interface RetryOptions extends OutageOptions {
  /**
   * Returns true for an error after which another attempt makes sense. Default: true for every
   * error.
   */
  readonly retryable?: (error: unknown) => boolean;
  /** Gives up after this many attempts. Default: never. */
  readonly attempts?: number;
  /** Gives up after this many milliseconds, even during an attempt. Default: never. */
  readonly within?: number;
}

/**
 * Thrown when {@linkcode retry} gives up because the time `within` is over. `cause` is the error of
 * the latest failed attempt, or `no answer` if none has failed.
 */
export class RetryTimeout extends Error {
  override readonly name = "RetryTimeout";
}

/**
 * Repeats `work` until it succeeds, and returns its result.
 *
 * @throws the error of the latest attempt if that error is not retryable, if no attempts are left,
 * or if the signal is aborted
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
  // `late.promise` may be rejected while nothing waits for it, for example between two attempts.
  // That must not count as an unhandled rejection.
  late.promise.catch(() => {});
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
