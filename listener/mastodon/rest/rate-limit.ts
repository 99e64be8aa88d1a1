/**
 * The rate limit of a server, read from its answers.
 *
 * @see https://docs.joinmastodon.org/api/rate-limits/
 * @module
 */

/** The headers of an answer, with names in lower case. */
export type Headers = Readonly<Record<string, string>>;

const DAY = 86_400_000, HOUR = 3_600_000;

/**
 * Returns by how many milliseconds the server's clock is ahead of ours, so that "until 13:50" is
 * understood even if one of the clocks is a few minutes off. A difference of a day or more is an
 * error in the header; then 0 is returned.
 */
function skew(headers: Headers, now: number): number {
  const date = Date.parse(headers["date"] ?? "");
  return Math.abs(date - now) < DAY ? date - now : 0;
}

/**
 * Reads a time in a header: ISO 8601 (Mastodon), seconds or milliseconds since 1970, or seconds
 * from now. Returns it in milliseconds since 1970.
 */
function parseTime(text: string, now: number): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Date.parse(text);
  const number = Number(text);
  if (number > 1e12) return number;
  return number > 1e9 ? number * 1000 : now + number * 1000;
}

/**
 * Returns the time that an answer asks us to wait, in milliseconds and at most an hour; null if the
 * answer names no time. The time comes from `Retry-After`, in seconds or as a date, or else from
 * `X-RateLimit-Reset`.
 *
 * @example
 * ```ts
 * import { retryAfter } from "./rate-limit.ts";
 *
 * if (retryAfter({ "retry-after": "30" }, 0) !== 30_000) throw new Error();
 * ```
 */
export function retryAfter(headers: Headers, now: number): number | null {
  const text = headers["retry-after"] ?? headers["x-ratelimit-reset"];
  if (text === undefined) return null;
  const there = now + skew(headers, now);
  const wait = parseTime(text.trim(), there) - there;
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), HOUR) : null;
}

/**
 * The assumed limit of a server that does not send one: Mastodon's 300 requests in five minutes.
 */
const USUAL = { limit: 300, window: 300_000 };

/**
 * Spreads the requests to one server. An allowance is the number of requests that the server
 * permits until it resets the count. `monotonic` is the present time of a monotonic clock.
 */
export interface Pace {
  /** Counts a request, and reads the rate limit in the headers of its answer. */
  note(headers: Headers, at: { wall: number; monotonic: number }): void;
  /** Returns the time to wait before the next request, in milliseconds. */
  delay(monotonic: number): number;
  /**
   * Returns the time between two requests that spreads the remaining requests evenly until the
   * count is reset, in milliseconds.
   */
  spacing(monotonic: number): number;
  /** Returns the remaining share of the allowance, from 0 to 1. */
  free(monotonic: number): number;
}

/**
 * Creates the pace. The first half of an allowance may be used at any speed, so most gaps are
 * filled at once. The second half is spread over the remaining time, so that some requests remain
 * for the next reconnect. When no request remains, the next one waits for a new allowance. If a
 * server does not send its limit, `USUAL` is assumed.
 */
export function createPace(): Pace {
  let { limit } = USUAL, remaining = limit, reset = -Infinity, noted = 0;
  /** True if the server has sent its limit. */
  let named = false;

  /** Begins a new allowance if the time of the old one is over. */
  function renew(now: number): void {
    if (now < reset) return;
    remaining = limit;
    reset = now + USUAL.window;
    noted = now;
  }

  return {
    note(headers, { wall, monotonic }) {
      const left = Number.parseInt(headers["x-ratelimit-remaining"] ?? "");
      const ends = headers["x-ratelimit-reset"];
      const there = wall + skew(headers, wall);
      const wait = ends === undefined ? NaN : parseTime(ends.trim(), there) - there;
      if (left >= 0 && Number.isFinite(wait)) {
        named = true;
        limit = Math.max(1, Number.parseInt(headers["x-ratelimit-limit"] ?? "") || left);
        remaining = left;
        noted = monotonic;
        reset = monotonic + Math.min(Math.max(0, wait), HOUR);
      } else if (!named) {
        renew(monotonic);
        remaining = Math.max(0, remaining - 1);
        noted = monotonic;
      }
    },
    delay(now) {
      if (now >= reset) return 0;
      if (remaining <= 0) return reset - now;
      if (remaining >= limit / 2) return 0;
      return Math.max(0, noted + (reset - noted) / (remaining + 1) - now);
    },
    spacing(now) {
      if (now >= reset) return USUAL.window / limit;
      return Math.max(100, (reset - now) / Math.max(1, remaining));
    },
    free: (now) => now >= reset ? 1 : remaining / limit,
  };
}
