/**
 * A token bucket.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";

/**
 * Creates a token bucket: a function that returns true if one more event is allowed. It allows
 * `burst` events at once, and after that `perSecond` events per second.
 *
 * @example
 * ```ts
 * import { createAllowance } from "./allowance.ts";
 *
 * const allow = createAllowance(2, 1, { monotonic: () => 0 });
 * if (!allow() || !allow() || allow()) throw new Error();
 * ```
 */
export function createAllowance(
  burst: number,
  perSecond: number,
  clock: Pick<Clock, "monotonic">,
): () => boolean {
  let left = burst, at = clock.monotonic();
  return () => {
    const now = clock.monotonic();
    left = Math.min(burst, left + (now - at) / 1000 * perSecond);
    at = now;
    if (left < 1) return false;
    left--;
    return true;
  };
}
