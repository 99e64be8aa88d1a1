/**
 * Decides how often a timeline is swept: as often as new statuses require, but within a share of
 * the server's rate limit.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import type { Pace } from "../rest/rate-limit.ts";

/** The shortest, the longest and the first time between two polls, in milliseconds. */
const SHORTEST = 5_000, LONGEST = 60_000, FIRST = 10_000;
/** The number of new statuses that one poll should bring. */
const WANTED = 10;
/**
 * Beside a stream: the time between two quick sweeps, and the shorter time after the first sweep,
 * both in milliseconds.
 */
const BESIDE = 20_000, BESIDE_FIRST = 5_000;
/**
 * Of the requests that the rate limit allows, polls should use at most one in 1.6 (five of eight),
 * because slow sweeps need the rest to find edits and deletes. Quick sweeps beside a stream should
 * use at most one in two.
 */
const POLL_SHARE = 1.6, STREAM_SHARE = 2;
/** The longest time between two quick sweeps if the rate limit is low, in milliseconds. */
const STRETCHED = 120_000;
/** Slow sweeps use at most two of three requests that the rate limit allows. */
const SLOW_SHARE = 1.5;
/**
 * Slow sweeps leave the requests that quick sweeps will need until the next allowance. This reserve
 * is at least `LEAST_RESERVE` and at most `MOST_RESERVE` of the whole allowance.
 */
const LEAST_RESERVE = 0.1, MOST_RESERVE = 0.75;

/** The times at which sweeps are due, on the monotonic clock. */
export interface Tempo {
  /** When the next quick sweep is due. */
  readonly quickAt: number;
  /** The time between two polls, in milliseconds. It adapts to the number of new statuses. */
  readonly interval: number;
  /**
   * Requests a quick sweep within this many milliseconds. If a quick sweep is in progress, another
   * one follows, because the current one may have read its page too early.
   */
  soon(milliseconds: number): void;
  /**
   * Reports that a quick sweep begins. The sweep fulfils all requests of {@linkcode Tempo.soon}
   * until now.
   */
  began(): void;
  /**
   * Reports that a quick sweep has ended, with its numbers of new statuses and pages. If `first` is
   * true and a stream is open, the next quick sweep follows sooner than usual.
   */
  swept(done: { fresh: number; pages: number; streaming: boolean; first: boolean }): void;
  /** When the next page of a slow sweep may be read. */
  readonly slowAt: number;
  /** True if the allowance has more requests than the quick sweeps need. */
  readonly hasReserve: boolean;
  /** Reports that a step of the slow sweeps begins, and sets `slowAt` for the next one. */
  slowly(): void;
}

/** Creates the timing. The first quick sweep is due at once. */
export function createTempo(clock: Clock, pace: Pace): Tempo {
  let interval = FIRST;
  let usualAt = clock.monotonic(), slowAt = usualAt;
  let askedAt = Infinity;
  /** The number of pages that quick sweeps read per millisecond at present. */
  let rate = 0;

  function hasReserve(): boolean {
    const now = clock.monotonic(), free = pace.free(now);
    // The product of `spacing` and `free` is the time until the next allowance, divided by the
    // limit.
    const needed = rate * pace.spacing(now) * free;
    return free > Math.min(MOST_RESERVE, Math.max(LEAST_RESERVE, needed));
  }

  return {
    get quickAt() {
      return Math.min(usualAt, askedAt);
    },
    get interval() {
      return interval;
    },
    soon(milliseconds) {
      askedAt = Math.min(askedAt, clock.monotonic() + milliseconds);
    },
    began() {
      askedAt = Infinity;
    },
    swept({ fresh, pages, streaming, first }) {
      const now = clock.monotonic();
      const wanted = fresh === 0 ? interval * 1.5 : interval * WANTED / fresh;
      interval = Math.min(LONGEST, Math.max(SHORTEST, (interval + wanted) / 2));
      const usual = !streaming ? interval : first ? BESIDE_FIRST : BESIDE;
      // Every sweep reads at least one page. Only further pages make the interval longer.
      const share = streaming ? STREAM_SHARE : POLL_SHARE;
      const cost = pages > 1 ? pages * pace.spacing(now) * share : 0;
      usualAt = now + Math.max(usual, Math.min(STRETCHED, cost));
      rate = pages / (usualAt - now);
    },
    get slowAt() {
      return slowAt;
    },
    get hasReserve() {
      return hasReserve();
    },
    slowly() {
      const now = clock.monotonic();
      const spacing = pace.spacing(now) * SLOW_SHARE;
      slowAt = now + (hasReserve() ? spacing : Math.max(spacing, SHORTEST));
    },
  };
}
