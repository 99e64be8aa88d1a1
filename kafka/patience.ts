/**
 * Keeps trying what a broker or a registry that is away cannot do just now.
 *
 * @module
 */
import { reasonOf } from "./connection.ts";

/** The world in which somebody waits; tests replace it. */
export interface Waiting {
  /** Told what is away, at once and then once a minute, and when it is back. */
  readonly notify: (message: string) => void;
  readonly now: () => number;
  /** At least 0 and below 1; spreads the tries of many. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
const SAY_EVERY = 60_000;

/** What is away, and what is said of it. */
export interface Patience {
  /** Has failed: waits a little, longer each time, and says so now and then. */
  failed(error: unknown): Promise<void>;
  /** Has worked. */
  worked(): void;
}

/**
 * @param what `the broker`
 * @param signal ends the waiting
 */
export function createPatience(what: string, waiting: Waiting, signal: AbortSignal): Patience {
  const { notify, now, random, sleep } = waiting;
  let wait = FIRST_WAIT;
  let since: number | null = null;
  let said = -Infinity;
  return {
    async failed(error) {
      since ??= now();
      if (now() - said >= SAY_EVERY) {
        said = now();
        notify(`${what} does not answer (${reasonOf(error)}); trying again, nothing is lost`);
      }
      await sleep(wait * (0.5 + random() / 2), signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    },
    worked() {
      if (since !== null) {
        notify(`${what} answers again, after ${Math.round((now() - since) / 1000)} s`);
      }
      since = null;
      said = -Infinity;
      wait = FIRST_WAIT;
    },
  };
}

/**
 * Does `work` until it succeeds or the signal is aborted.
 *
 * @param passing true for an error that may pass; every other is thrown at once
 * @throws the last error where the signal is aborted
 *
 * @example
 * ```ts
 * import { patiently, theWorld } from "./patience.ts";
 *
 * let tries = 0;
 * const answer = await patiently("the broker", () => {
 *   return ++tries < 3 ? Promise.reject(new Error("gone")) : Promise.resolve("there");
 * }, () => true, { ...theWorld, sleep: () => Promise.resolve() }, new AbortController().signal);
 * if (answer !== "there" || tries !== 3) throw new Error();
 * ```
 */
export async function patiently<T>(
  what: string,
  work: () => Promise<T>,
  passing: (error: unknown) => boolean,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<T> {
  const patience = createPatience(what, waiting, signal);
  for (;;) {
    try {
      const answer = await work();
      patience.worked();
      return answer;
    } catch (error) {
      if (!passing(error) || signal.aborted) throw error;
      await patience.failed(error);
      if (signal.aborted) throw error;
    }
  }
}

/** The real world; what it has to say goes nowhere. */
export const theWorld: Waiting = {
  notify: () => {},
  now: Date.now,
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done);
    }),
};
