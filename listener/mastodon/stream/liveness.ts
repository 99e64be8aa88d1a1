/**
 * Decides whether a stream is still alive. A socket may stay open without sending anything,
 * and a server may send pings but no statuses.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import { duration } from "../notice.ts";

/** Watches one connection. */
export interface Liveness {
  /** Reports that something arrived: a frame or a ping. */
  sign(): void;
  /** Reports that a status arrived. */
  status(): void;
  /** Reports that the listener itself paused the socket, so nothing can arrive. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Options of a watch. */
export interface LivenessOptions {
  readonly clock: Clock;
  /**
   * The longest time without any sign, in milliseconds. Default 75,000: servers ping every 30
   * s.
   */
  readonly silence?: number;
  /** The longest time without a status, in milliseconds. */
  readonly quiet: number;
  /**
   * Called once when the stream counts as dead, with the reason and the milliseconds since the last
   * sign or the last status.
   */
  readonly dead: (cause: string, milliseconds: number) => void;
}

/**
 * Starts the watch. Each frame only stores its time, and one timer compares the stored times when
 * it fires. Setting a new timer for each of ten thousand frames a second would cost too much.
 */
export function watchLiveness(options: LivenessOptions): Liveness {
  const { clock, silence = 75_000, quiet, dead } = options;
  let sign = clock.monotonic(), status = sign;
  let cancel = () => {};

  const look = () => {
    const now = clock.monotonic();
    if (now - sign >= silence) {
      return dead(`no frame for ${duration(silence)}`, now - sign);
    }
    if (now - status >= quiet) {
      return dead(`no status for ${duration(quiet)}`, now - status);
    }
    cancel = clock.after(Math.min(sign + silence, status + quiet) - now, look);
  };
  look();

  return {
    sign: () => sign = clock.monotonic(),
    status: () => sign = status = clock.monotonic(),
    pause() {
      cancel();
      cancel = () => {};
    },
    resume() {
      cancel();
      sign = status = clock.monotonic();
      look();
    },
    stop: () => cancel(),
  };
}

/** Learns how long a server is usually quiet. */
export interface Rhythm {
  /**
   * Reports that this many statuses arrived now. If the pause before them was unusually long, it
   * returns the length of the pause in milliseconds, else 0.
   */
  note(statuses: number): number;
  /**
   * Reports that a connection begins. The time between two connections is not a gap between
   * statuses.
   */
  restart(): void;
  /** A pause of this many milliseconds without a status means that something is wrong. */
  readonly quiet: number;
  /**
   * A pause of this many milliseconds means that something is wrong if the timeline cannot be
   * checked. It is usually shorter than `quiet`, but longer than nearly all random pauses.
   */
  readonly longestPause: number;
  /** Reports that the server was only quiet, and no status was missing. `quiet` becomes longer. */
  falseAlarm(): void;
}

/**
 * The stream counts as dead after `TIMES` usual gaps between two statuses, at the earliest after
 * `FLOOR` and at the latest after `CEILING` milliseconds. If the usual gap is unknown, `UNKNOWN`
 * milliseconds apply.
 */
const TIMES = 30, FLOOR = 120_000, CEILING = 3_600_000, UNKNOWN = 600_000;
/**
 * A gap counts as a pause if it is longer than `PAUSE_TIMES` usual gaps (a random gap is this long
 * once in 150) and longer than `PAUSE_FLOOR` milliseconds. The first `PRACTICE` gaps never count.
 */
const PAUSE_TIMES = 5, PAUSE_FLOOR = 1_000, PRACTICE = 5;
/**
 * `longestPause` is `LONGEST_TIMES` usual gaps (a random gap is this long once in 500 million), but
 * at least `LONGEST_FLOOR` milliseconds.
 */
const LONGEST_TIMES = 20, LONGEST_FLOOR = 10_000;

/**
 * Creates a rhythm that has learned nothing yet.
 *
 * @param watchdog milliseconds that the user has set; null to use the learned time
 */
export function createRhythm(clock: Clock, watchdog: number | null): Rhythm {
  let last: number | null = null, gap: number | null = null;
  let notes = 0, patience = 1;
  return {
    note(statuses) {
      if (statuses === 0) return 0;
      const now = clock.monotonic();
      let pause = 0;
      if (last !== null) {
        const length = now - last;
        if (gap === null) gap = length / statuses;
        else {
          if (notes >= PRACTICE && length > Math.max(PAUSE_FLOOR, gap * PAUSE_TIMES)) {
            pause = length;
          }
          // One long pause changes the average only a little, but many change it.
          gap += (Math.min(length / statuses, gap * 3 + 1) - gap) * 0.1;
        }
        notes++;
      }
      last = now;
      patience = Math.max(1, patience * 0.99);
      return pause;
    },
    restart: () => last = null,
    get quiet() {
      if (watchdog !== null) return watchdog;
      const usual = gap === null ? UNKNOWN : Math.max(FLOOR, gap * TIMES);
      return Math.min(CEILING, usual * patience);
    },
    get longestPause() {
      return gap === null ? UNKNOWN : Math.max(LONGEST_FLOOR, gap * LONGEST_TIMES);
    },
    falseAlarm() {
      patience = Math.min(32, patience * 2);
    },
  };
}
