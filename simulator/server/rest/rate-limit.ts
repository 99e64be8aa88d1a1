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

/** The number of windows whose counts are remembered. */
const KEPT = 4;

/** Counts the requests of each token or address. */
export interface RateLimit {
  /** Counts a request of a reader, named by token or address. Returns what remains. */
  take(reader: string): Allowance;
}

/**
 * Creates a limit of `limit` requests in `window` milliseconds. As in Mastodon, each window of the
 * clock has its own count, so a clock that is set back returns to an earlier window.
 */
export function createRateLimit(
  limit: number,
  clock: () => number,
  window = 300_000,
): RateLimit {
  /** The number of requests of each reader, by window. The window that was used last comes last. */
  const windows = new Map<number, Map<string, number>>();
  return {
    take(reader) {
      const number = Math.floor(clock() / window);
      const used = windows.get(number) ?? new Map<string, number>();
      windows.delete(number);
      windows.set(number, used);
      for (const old of windows.keys()) if (windows.size > KEPT) windows.delete(old);
      const count = (used.get(reader) ?? 0) + 1;
      used.set(reader, count);
      return {
        limit,
        remaining: Math.max(0, limit - count),
        reset: (number + 1) * window,
        granted: count <= limit,
      };
    },
  };
}
