/**
 * Retries while the object store is unreachable.
 *
 * @module
 */
import { retry, type RetryOptions } from "../../common/retry.ts";
import { Unreachable } from "./failures.ts";

/** Options of {@linkcode retryStore}. */
export type StoreRetryOptions = Pick<RetryOptions, "notify" | "clock" | "random" | "signal">;

/**
 * Repeats `work` while the object store does not answer, with waits of at most 15
 * seconds. It throws every other error at once.
 *
 * @example
 * ```ts
 * import { retryStore } from "./retry-store.ts";
 * import { Unreachable } from "./failures.ts";
 *
 * let attempts = 0;
 * const answer = await retryStore(
 *   () => ++attempts < 3 ? Promise.reject(new Unreachable("s3", "")) : Promise.resolve("ok"),
 *   { random: () => 0 },
 * );
 * if (answer !== "ok" || attempts !== 3) throw new Error();
 * ```
 */
export function retryStore<T>(
  work: () => Promise<T>,
  options: StoreRetryOptions = {},
): Promise<T> {
  return retry(work, {
    ...{ base: 500, cap: 15_000, ...options },
    retryable: (error) => error instanceof Unreachable,
    describe: (error) => (error as Error).message,
    recovered: "the object store answers again",
  });
}
