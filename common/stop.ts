/**
 * Stopping by signal.
 *
 * @module
 */

/** What {@linkcode stopOnSignals} works with. */
export interface StopWorld {
  readonly listen: (signal: Deno.Signal, handler: () => void) => void;
  readonly exit: (code: number) => never;
  /** Milliseconds that only rise. */
  readonly now: () => number;
}

const realWorld: StopWorld = {
  listen: (signal, handler) => Deno.addSignalListener(signal, handler),
  exit: (code) => Deno.exit(code),
  now: () => performance.now(),
};

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * `deno task` passes Ctrl-C on to a process that has it from the terminal
 * already: the same signal again within so many milliseconds is one key press.
 */
const ONE_PRESS = 500;

/**
 * The first signal stops; the second one exits at once with 130.
 *
 * @param stop told the name of the first signal
 */
export function stopOnSignals(
  stop: (signal: Deno.Signal) => void,
  { listen, exit, now }: StopWorld = realWorld,
): void {
  let first: { signal: Deno.Signal; at: number } | null = null;
  for (const signal of SIGNALS) {
    listen(signal, () => {
      if (first === null) {
        first = { signal, at: now() };
        stop(signal);
      } else if (signal !== first.signal || now() - first.at >= ONE_PRESS) {
        exit(130);
      }
    });
  }
}
