/**
 * Keeps trying while the object store is away.
 *
 * @module
 */
import { Unreachable } from "./s3-store.ts";

/** What {@linkcode outlast} can be told. */
export interface OutlastOptions {
  /** Told what is away, at once and then once a minute, and when it is back. */
  readonly notify?: (message: string) => void;
  /** Waits. Default: by `setTimeout`. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Milliseconds now. */
  readonly now?: () => number;
  /** Between 0 and 1; spreads the waits of many writers. */
  readonly random?: () => number;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const SAY_EVERY = 60_000;

/**
 * Does `work`, and does it again for as long as the object store does not
 * answer, ever more slowly. Every other failure is thrown at once.
 *
 * @example
 * ```ts
 * import { outlast } from "./outage.ts";
 * import { Unreachable } from "./s3-store.ts";
 *
 * let tries = 0;
 * const work = () => ++tries < 3 ? Promise.reject(new Unreachable("s3", "")) : Promise.resolve("ok");
 * const answer = await outlast(work, { sleep: () => Promise.resolve() });
 * if (answer !== "ok" || tries !== 3) throw new Error();
 * ```
 */
export async function outlast<T>(work: () => Promise<T>, options: OutlastOptions = {}): Promise<T> {
  const {
    notify = () => {},
    sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now = Date.now,
    random = Math.random,
  } = options;
  let wait = FIRST_WAIT;
  let said: number | null = null;
  while (true) {
    try {
      const answer = await work();
      if (said !== null) notify("the object store answers again");
      return answer;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (said === null || now() - said >= SAY_EVERY) {
        said = now();
        notify(`${error.message}; trying again, nothing is lost`);
      }
    }
    await sleep(wait * (0.5 + random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}
