/**
 * Controls how fast statuses are posted: at a rate, or as fast as they are read.
 *
 * @module
 */
import type { Streaming } from "../server/stream/streaming.ts";

/** The next statuses are posted when at most this many bytes wait for each reader. */
const BEHIND = 512 * 1024;

/**
 * Calls `step` again and again, each time with the number of statuses that are due at `rate`
 * statuses per second. Resolves when `count` statuses are done or the run is aborted.
 */
export async function keepRate(
  rate: number,
  count: number,
  step: (count: number) => void,
  ended: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let done = 0, forgiven = 0;
  while (!ended.aborted && done < count) {
    const due = Math.floor((performance.now() - began) / 1000 * rate) - forgiven - done;
    // Statuses that were due while the machine slept are skipped.
    const now = Math.min(due, count - done, Math.max(10, rate));
    forgiven += Math.max(0, due - Math.max(10, rate));
    if (now > 0) {
      step(now);
      done += now;
    }
    await pause(Math.min(250, Math.max(10, 1000 / rate)), ended);
  }
}

/**
 * Calls `step` again and again with the number of statuses to post, as fast as the slowest reader
 * reads. Without a reader, it waits for one. Resolves when `count` statuses are done or the run is
 * aborted.
 */
export async function keepUp(
  streams: readonly Streaming[],
  count: number,
  step: (count: number) => void,
  ended: AbortSignal,
): Promise<void> {
  let done = 0;
  while (!ended.aborted && done < count) {
    if (streams.every((stream) => stream.counts().subscriptions === 0)) {
      await pause(20, ended);
      continue;
    }
    const now = Math.min(100, count - done);
    step(now);
    done += now;
    await Promise.all(streams.map((stream) => stream.drained(BEHIND)));
    // This pause lets the process handle requests and pings.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
