/**
 * Stops a program on a signal: SIGINT, SIGTERM or SIGHUP; on Windows SIGINT or SIGBREAK. A program
 * must end within 20 seconds after it was asked to stop.
 *
 * @module
 */
import { type Clock, systemClock } from "./clock.ts";
import { Failure } from "./failure.ts";

/**
 * The functions of the operating system that {@linkcode stopOnSignals} calls. Tests replace them.
 */
export interface SignalDeps {
  readonly listen: (signal: Deno.Signal, handler: () => void) => void;
  readonly exit: (code: number) => never;
  /** Returns milliseconds since an arbitrary start. This clock never goes backwards. */
  readonly monotonic: () => number;
}

/** Options of {@linkcode stopOnSignals}. */
export interface StopOptions extends Partial<SignalDeps> {
  /** Called before a second signal ends the process, for example to end child processes. */
  readonly beforeExit?: () => void;
}

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Under `deno task`, one press of Ctrl-C reaches the process twice: from the terminal and from
 * `deno task`. So the same signal within this many milliseconds counts once.
 */
const SAME_KEY_PRESS = 500;

/**
 * Calls `stop` at the first signal. The second signal ends the process at once with exit code 130.
 *
 * @param stop receives the name of the first signal
 */
export function stopOnSignals(
  stop: (signal: Deno.Signal) => void,
  options: StopOptions = {},
): void {
  const {
    listen = (signal, handler) => Deno.addSignalListener(signal, handler),
    exit = (code) => Deno.exit(code),
    monotonic = () => performance.now(),
    beforeExit = () => {},
  } = options;
  let first: { signal: Deno.Signal; at: number } | null = null;
  for (const signal of SIGNALS) {
    listen(signal, () => {
      if (first === null) {
        first = { signal, at: monotonic() };
        stop(signal);
      } else if (signal !== first.signal || monotonic() - first.at >= SAME_KEY_PRESS) {
        beforeExit();
        exit(130);
      }
    });
  }
}

/**
 * The maximum time from the signal to the end of a run, in milliseconds, even if something hangs.
 * It is two seconds less than the 20 seconds that a program may take.
 */
const STOP_WITHIN = 18_000;

/**
 * Waits for the end of a run and returns its result, but waits at most 18 seconds after `signal` is
 * aborted.
 *
 * @param what `late` names the part that may hang, and `then` the consequence, for a message such
 * as `the sinks did not end within 18 s; …`
 * @throws {Failure} if the run did not end in time
 */
export async function endWithin<T>(
  run: Promise<T>,
  signal: AbortSignal,
  what: { readonly late: string; readonly then: string },
  clock: Clock = systemClock,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  let cancel = () => {};
  const begin = () => {
    cancel = clock.after(STOP_WITHIN, () => {
      const message = `${what.late} did not end within ${STOP_WITHIN / 1000} s; ${what.then}`;
      late.reject(new Failure(message));
    });
  };
  signal.addEventListener("abort", begin, { once: true });
  if (signal.aborted) begin();
  try {
    return await Promise.race([run, late.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", begin);
  }
}
