/**
 * The allowance of requests, as Mastodon grants it: so many in five minutes,
 * counted from full five minutes of the clock, by token or by address.
 *
 * @module
 */

/** What a reader has left. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** When the next window begins, milliseconds since 1970. */
  reset: number;
  /** False where this request was one too many. */
  granted: boolean;
}

/** Counts the requests of each reader. */
export interface RateLimit {
  /** Counts a request of `reader` and says what is left. */
  take(reader: string): Allowance;
}

/** An allowance of `limit` requests in `window` milliseconds. */
export function createRateLimit(
  limit: number,
  clock: () => number,
  window = 300_000,
): RateLimit {
  const used = new Map<string, number>();
  let ends = 0;
  return {
    take(reader) {
      const now = clock();
      if (now >= ends) {
        used.clear();
        ends = (Math.floor(now / window) + 1) * window;
      }
      const count = (used.get(reader) ?? 0) + 1;
      used.set(reader, count);
      return {
        limit,
        remaining: Math.max(0, limit - count),
        reset: ends,
        granted: count <= limit,
      };
    },
  };
}
