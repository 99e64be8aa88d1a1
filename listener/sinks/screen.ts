/**
 * The terminal: data on stdout, notices on stderr, and a status line below them.
 *
 * @module
 */
import { writeAll, writeAllSync } from "../../common/files.ts";

/** An output of the process: stdout or stderr. */
export interface Device {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** Keeps data, notices and the status line apart. */
export interface Screen {
  /** True if a status line can be shown. */
  readonly live: boolean;
  /** Writes to stdout and resolves when the text is written. Rejects if stdout was closed. */
  print(text: string): Promise<void>;
  /** Writes a line to stderr, above the status line. */
  say(line: string): void;
  /** Replaces the status line; does nothing if stderr is not a terminal. */
  status(line: string): void;
}

const CLEAR = "\r\x1b[K";

/**
 * Creates a screen. It shows no status line before the first call of `status`.
 *
 * @param stdout the device for data; default: that of the process
 * @param stderr the device for notices and the status line; default: that of the process
 */
export function createScreen(
  stdout: Device = Deno.stdout,
  stderr: Device = Deno.stderr,
): Screen {
  const encoder = new TextEncoder();
  const live = stderr.isTerminal();
  const shared = live && stdout.isTerminal();
  let line = "";
  let printing = false;

  function toStderr(text: string): void {
    try {
      writeAllSync(stderr, encoder.encode(text));
    } catch {
      // Stderr was closed, so there is nowhere to report that.
    }
  }

  return {
    live,
    async print(text) {
      const bytes = encoder.encode(text);
      if (shared && line !== "") toStderr(CLEAR);
      printing = shared;
      try {
        await writeAll(stdout, bytes);
      } finally {
        printing = false;
      }
      if (shared && line !== "") toStderr(line);
    },
    say(text) {
      toStderr(live && line !== "" && !printing ? `${CLEAR}${text}\n${line}` : `${text}\n`);
    },
    status(text) {
      if (!live || text === line) return;
      line = text;
      if (!printing) toStderr(`${CLEAR}${text}`);
    },
  };
}
