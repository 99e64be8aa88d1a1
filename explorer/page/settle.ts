/**
 * Loads slow parts of the page when the user pauses.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";

/** A pause has at least this many milliseconds. */
const PAUSE = 200;

const browserClock: Pick<Clock, "monotonic" | "after"> = {
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Returns a function to be called after each change. It loads after a pause, and only one load runs
 * at a time. After a slow load, the pause must be as long as that load took. Otherwise the loads of
 * a user who drags slowly would slow the charts, which makes the next pause.
 *
 * @param load must not reject
 */
export function whenSettled(
  load: () => Promise<void>,
  clock: Pick<Clock, "monotonic" | "after"> = browserClock,
): (wait?: number) => void {
  let cancel = () => {};
  let loading = false, took = 0;

  function changed(wait = Math.max(PAUSE, took)): void {
    cancel();
    cancel = clock.after(wait, () => void start());
  }

  async function start(): Promise<void> {
    if (loading) return changed();
    loading = true;
    const began = clock.monotonic();
    await load();
    took = clock.monotonic() - began;
    loading = false;
  }
  return changed;
}
