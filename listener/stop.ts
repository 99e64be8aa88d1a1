/**
 * Stopping by signal.
 *
 * @module
 */

/** What {@linkcode stopOnSignals} works with. */
export interface StopWorld {
  readonly listen: (signal: Deno.Signal, handler: () => void) => void;
  readonly exit: (code: number) => never;
}

const realWorld: StopWorld = {
  listen: (signal, handler) => Deno.addSignalListener(signal, handler),
  exit: (code) => Deno.exit(code),
};

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * The first signal stops; the second one exits at once with 130.
 *
 * @param stop told the name of the first signal
 */
export function stopOnSignals(
  stop: (signal: Deno.Signal) => void,
  { listen, exit }: StopWorld = realWorld,
): void {
  let signals = 0;
  for (const signal of SIGNALS) {
    listen(signal, () => {
      if (++signals === 1) stop(signal);
      else exit(130);
    });
  }
}
