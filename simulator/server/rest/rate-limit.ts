/**
 * The rate limit of Mastodon: a number of requests for each token or address in each window of five
 * minutes.
 *
 * @module
 */

/** The remaining part of the rate limit of a token or address. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** When the next window begins, in milliseconds since 1970. */
  reset: number;
  /** False if this request exceeds the limit. */
  granted: boolean;
}

/** Counts the requests of each token or address. */
export interface RateLimit {
  /** Counts a request of a reader, named by token or address. Returns what remains. */
  take(reader: string): Allowance;
}

/** Creates a limit of `limit` requests in `window` milliseconds. */
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
