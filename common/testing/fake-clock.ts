/**
 * A clock for tests.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** A clock that the test moves. */
export interface FakeClock extends Clock {
  /** Moves the clock. Timers that are due by then fire in the order of their times. */
  advance(milliseconds: number): void;
  /** Moves the clock, and lets promises settle before and after each timer. */
  advanceAsync(milliseconds: number): Promise<void>;
  /** The number of timers that have neither fired nor been cancelled. */
  readonly pending: number;
}

/** Options of {@linkcode createFakeClock}. */
export interface FakeClockOptions {
  /**
   * The initial time, in milliseconds since 1970. Default: noon of 1 February 2026 in UTC, or the
   * real time if `running` is true.
   */
  readonly start?: number;
  /**
   * True to let the clock also move with the real time, for tests with real sockets. Default:
   * false.
   */
  readonly running?: boolean;
}

/** Runs twenty rounds of microtasks, so that promises settle that wait only for other promises. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/**
 * Creates a fake clock.
 *
 * @example
 * ```ts
 * import { createFakeClock } from "./fake-clock.ts";
 *
 * const clock = createFakeClock();
 * const fired: string[] = [];
 * clock.after(75_000, () => fired.push("silent for 75 s"));
 * clock.advance(74_999);
 * clock.advance(1);
 * if (fired.length !== 1) throw new Error();
 * ```
 */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const { running = false, start = running ? Date.now() : Date.UTC(2026, 1, 1, 12) } = options;
  const timers = new Set<{ due: number; fire: () => void }>();
  const origin = performance.now();
  let ahead = 0;
  const monotonic = () => ahead + (running ? performance.now() - origin : 0);

  function nextDue(until: number) {
    let next: { due: number; fire: () => void } | null = null;
    for (const timer of timers) {
      if (timer.due <= until && (next === null || timer.due < next.due)) next = timer;
    }
    return next;
  }

  /**
   * Moves the clock to the next timer that is due by `until`, and fires it. Without such a timer,
   * moves the clock to `until` and returns false.
   */
  function step(until: number): boolean {
    const timer = nextDue(until);
    if (timer === null) {
      ahead += Math.max(0, until - monotonic());
      return false;
    }
    ahead += Math.max(0, timer.due - monotonic());
    timer.fire();
    return true;
  }

  return {
    now: () => start + Math.floor(monotonic()),
    monotonic,
    after(milliseconds, callback) {
      const wait = Math.max(0, milliseconds);
      const timer = {
        due: monotonic() + wait,
        fire() {
          cancel();
          callback();
        },
      };
      const real = running ? setTimeout(timer.fire, Math.min(wait, 2_147_483_647)) : undefined;
      const cancel = () => {
        clearTimeout(real);
        timers.delete(timer);
      };
      timers.add(timer);
      return cancel;
    },
    advance(milliseconds) {
      const until = monotonic() + milliseconds;
      while (step(until));
    },
    async advanceAsync(milliseconds) {
      const until = monotonic() + milliseconds;
      do await settle(); while (step(until));
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}
