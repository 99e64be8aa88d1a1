/**
 * Whether a stream still lives. A socket may stay open and say nothing for ever,
 * and a server may go on pinging while its statuses go nowhere.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import { duration } from "../notice.ts";

/** Watches one connection. */
export interface Liveness {
  /** Anything came: a frame, a ping. */
  sign(): void;
  /** A status came. */
  status(): void;
  /** We stopped listening ourselves; nothing is to be expected. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** How long what may be missing. */
export interface LivenessOptions {
  readonly clock: Clock;
  /** Milliseconds without anything. Default 75,000: servers ping every 30 s. */
  readonly silence?: number;
  /** Milliseconds without a status. */
  readonly quiet: number;
  /** Told once, with what was missing, and for how many milliseconds. */
  readonly dead: (cause: string, milliseconds: number) => void;
}

/**
 * Two times and one timer, which looks after them only when it fires: nothing is
 * set up and torn down for each of ten thousand frames a second.
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
   * Notes that so many statuses came, now. Gives the milliseconds of the pause that
   * ended with them, if it was an unusual one, or 0.
   */
  note(statuses: number): number;
  /** A connection begins; what lies between two of them is no usual gap. */
  restart(): void;
  /** Milliseconds without a status after which something is wrong. */
  readonly quiet: number;
  /** The same where the timeline cannot be asked: a shorter time, which chance alone never makes. */
  readonly longestPause: number;
  /** Says that nothing was missing after all: the server is only quiet. */
  falseAlarm(): void;
}

/** Dead after many times the usual gap, within these bounds: two minutes and an hour. */
const TIMES = 30, FLOOR = 120_000, CEILING = 3_600_000, UNKNOWN = 600_000;
/** Five times the usual gap is a pause; of chance, one gap in 150 is. A second always is short. */
const PAUSE_TIMES = 5, PAUSE_FLOOR = 1_000, PRACTICE = 5;
/** Of chance, one gap in 500 million is twenty times the usual one. */
const LONGEST_TIMES = 20, LONGEST_FLOOR = 10_000;

/** @param watchdog milliseconds that a person asked for instead; null for none */
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
          // One long pause does not make pauses usual; many do.
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
