/**
 * Stopping on a signal: SIGINT, SIGTERM and SIGHUP; SIGINT and SIGBREAK on Windows. Nobody
 * waits longer than 20 seconds for a program that was asked to stop.
 *
 * @module
 */
import { type Clock, systemClock } from "./clock.ts";
import { Failure } from "./failure.ts";

/** How {@linkcode stopOnSignals} reaches the operating system; replaced in tests. */
export interface SignalDeps {
  readonly listen: (signal: Deno.Signal, handler: () => void) => void;
  readonly exit: (code: number) => never;
  /** Milliseconds since an arbitrary start, never going backwards. */
  readonly monotonic: () => number;
}

/** Options of {@linkcode stopOnSignals}. */
export interface StopOptions extends Partial<SignalDeps> {
  /** Called before a second signal exits: ends child processes, for example. */
  readonly beforeExit?: () => void;
}

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * One press of Ctrl-C reaches the process twice under `deno task`: from the
 * terminal and from `deno task`. The same signal within this many milliseconds
 * counts once.
 */
const SAME_KEY_PRESS = 500;

/**
 * Calls `stop` at the first signal; the second one exits at once with 130.
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

/** Milliseconds after which a run ends even if something hangs; the rule is 20 seconds. */
const STOP_WITHIN = 18_000;

/**
 * Waits for the end of a run, and at most 18 seconds after the signal.
 *
 * @param what is said to have hung, and what that means: `the sinks did not end within 18 s; …`
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
