/**
 * Prints the demo's progress: one line per step, updated while the step runs.
 *
 * @module
 */

/** Where the lines go. An interactive terminal can overwrite the last one. */
export interface Terminal {
  readonly interactive: boolean;
  write(text: string): void;
}

/** The terminal of this process: standard error, which is for status. */
export const terminal: Terminal = {
  interactive: Deno.stderr.isTerminal(),
  write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
};

/** Prints the steps of the demo. */
export interface Progress {
  /** Shows that a step begins or goes on, until the next call. */
  now(step: string, text: string): void;
  /** Shows that a step is done; the line stays. */
  done(step: string, text: string): void;
  /** Prints a line that stays. */
  line(text: string): void;
}

/** Milliseconds between two lines if they cannot be overwritten. */
const PACE = 2_000;

/** Progress on a terminal; in a file or a pipe, a line every two seconds. */
export function progressOn(to: Terminal = terminal, clock: () => number = Date.now): Progress {
  const clear = to.interactive ? "\r\x1b[2K" : "";
  let said = "";
  let at = -Infinity;
  const labelled = (mark: string, step: string, text: string) =>
    `${mark} ${step.padEnd(10)} ${text}`;
  return {
    now(step, text) {
      if (to.interactive) return to.write(clear + labelled("…", step, text));
      if (step === said && clock() - at < PACE) return;
      [said, at] = [step, clock()];
      to.write(`${labelled("…", step, text)}\n`);
    },
    done(step, text) {
      to.write(`${clear}${labelled("✓", step, text)}\n`);
    },
    line(text) {
      to.write(`${clear}${text}\n`);
    },
  };
}
