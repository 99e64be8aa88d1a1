/**
 * Prints the demo's progress: one line per step, updated while the step runs.
 *
 * @module
 */

/** The output of the progress. An interactive terminal can overwrite the last line. */
export interface Terminal {
  readonly interactive: boolean;
  write(text: string): void;
}

/** The terminal of this process. Progress goes to standard error. */
export const terminal: Terminal = {
  interactive: Deno.stderr.isTerminal(),
  write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
};

/** Prints the steps of the demo. */
export interface Progress {
  /** Shows that a step has begun or goes on. On a terminal, the next call replaces the line. */
  now(step: string, text: string): void;
  /** Shows that a step is done. The line stays. */
  done(step: string, text: string): void;
  /** Prints a line that stays. */
  line(text: string): void;
}

/**
 * The minimum time in milliseconds between two lines about the same step, if lines cannot be
 * overwritten.
 */
const PACE = 2_000;

/**
 * Creates the progress. On a terminal it updates a line. In a file or a pipe it prints a line for
 * each new step, and at most one every two seconds while the step goes on.
 */
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
