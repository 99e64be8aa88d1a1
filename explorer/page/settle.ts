/**
 * Delays work that is slow, or not needed while the user drags, until the user pauses.
 *
 * @module
 */
import type { Selection } from "@uwdata/mosaic-core";
import type { Clock } from "../../common/clock.ts";

/** The user pauses if nothing changes for this many milliseconds. */
const PAUSE = 200;

const browserClock: Pick<Clock, "monotonic" | "after"> = {
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Returns a function to call after each change. It does the work when the user pauses. */
export function afterPause(
  work: () => void,
  clock: Pick<Clock, "after"> = browserClock,
): () => void {
  let cancel = () => {};
  return () => {
    cancel();
    cancel = clock.after(PAUSE, work);
  };
}

/**
 * Returns a function that does `work` at once, or after a wait if it did `work` less than
 * `milliseconds` ago. Calls during the wait have no further effect.
 */
export function atMostEvery(
  milliseconds: number,
  work: () => void,
  clock: Pick<Clock, "monotonic" | "after"> = browserClock,
): () => void {
  let next = -Infinity;
  let planned = false;
  function run(): void {
    planned = false;
    next = clock.monotonic() + milliseconds;
    work();
  }
  return () => {
    if (planned) return;
    const wait = next - clock.monotonic();
    if (wait <= 0) return run();
    planned = true;
    clock.after(wait, run);
  };
}

/**
 * Resolves when the charts are drawn. Call it in a listener of the selection. It first lets Mosaic
 * finish calling the listeners, because `pending` still belongs to the previous selection until
 * then.
 */
export async function whenDrawn(selection: Selection): Promise<void> {
  await undefined;
  await selection.pending("value");
}

/** Loads the slow parts of the page. */
export interface Settling {
  /**
   * To be called when the user has changed the selection. Loads when the charts are drawn and the
   * user pauses. A load in progress is aborted, because its result would be out of date, and the
   * work for it would slow the charts.
   */
  changed(drawn: Promise<unknown>): void;
  /**
   * To be called when the lake has changed. Loads now, or after the load in progress. If a load
   * waits for the user to pause, that load is enough. A load in progress is not aborted, because it
   * would never end if the lake changes all the time.
   */
  renew(): void;
}

/**
 * Creates the loader of the slow parts of the page.
 *
 * @param load loads them; must not reject
 */
export function whenSettled(
  load: (signal: AbortSignal) => Promise<void>,
  clock: Pick<Clock, "after"> = browserClock,
): Settling {
  let current: AbortController | null = null;
  let again = false;
  /** True from a call of `changed` until its load begins. */
  let waiting = false;
  let cancel = () => {};

  function start(): void {
    const { signal } = current = new AbortController();
    again = waiting = false;
    load(signal).then(() => {
      if (signal.aborted) return;
      current = null;
      if (again) start();
    });
  }

  return {
    changed(drawn) {
      current?.abort();
      current = null;
      waiting = true;
      cancel();
      let changedAgain = false;
      cancel = () => changedAgain = true;
      drawn.then(() => {
        if (!changedAgain) cancel = clock.after(PAUSE, start);
      });
    },
    renew() {
      if (current !== null) again = true;
      else if (!waiting) start();
    },
  };
}
