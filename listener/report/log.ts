/**
 * Writes notices as text for people, or as JSON for machines.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import { jsonLine, plain } from "../sinks/plain.ts";

/** The format of the log. */
export type LogFormat = "text" | "json";

/** The maximum length of a notice: columns in text, UTF-16 code units in JSON. */
const LONGEST = 1_000;

/** Receives notices. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warning(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Creates a log that passes its lines to `write`. A line of text contains the time (UTC), the word
 * `warning` for a warning, and the message. A line of JSON contains `time`, `level`, `message` and
 * the fields.
 *
 * @example
 * ```ts
 * import { createLog } from "./log.ts";
 *
 * const lines: string[] = [];
 * const clock = { now: () => 0, after: () => () => {} };
 * const log = createLog("text", (line) => lines.push(line), { clock });
 * log.warning("bread.example: closed 1006", { server: "https://bread.example" });
 * if (lines[0] !== "00:00:00 warning: bread.example: closed 1006") throw new Error(lines[0]);
 * ```
 */
export function createLog(
  format: LogFormat,
  write: (line: string) => void,
  { clock = systemClock }: { clock?: Pick<Clock, "now"> } = {},
): Log {
  function say(level: "info" | "warning", message: string, fields: Record<string, unknown> = {}) {
    const time = new Date(clock.now()).toISOString();
    if (format === "json") {
      write(jsonLine({ time, level, message: message.slice(0, LONGEST), ...fields }));
    } else {
      // The message may quote a server, so control characters are removed.
      const text = plain(message, LONGEST);
      write(`${time.slice(11, 19)} ${level === "info" ? "" : "warning: "}${text}`);
    }
  }
  return {
    info: (message, fields) => say("info", message, fields),
    warning: (message, fields) => say("warning", message, fields),
  };
}
