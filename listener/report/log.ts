/**
 * Notices, for people or for machines.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import { jsonLine, plain } from "../sinks/plain.ts";

/** How notices are written. */
export type LogFormat = "text" | "json";

/** Columns of a notice at most. */
const LONGEST = 1_000;

/** Receives notices. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warning(message: string, fields?: Record<string, unknown>): void;
}

/**
 * A log whose lines go to `write`. As text it is the time (UTC), `warning` where
 * it is one, and the message; as JSON an object with `time`, `level`, `message`
 * and the fields.
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
    if (format === "json") write(jsonLine({ time, level, message, ...fields }));
    else {
      // It may quote a server.
      const text = plain(message, LONGEST);
      write(`${time.slice(11, 19)} ${level === "info" ? "" : "warning: "}${text}`);
    }
  }
  return {
    info: (message, fields) => say("info", message, fields),
    warning: (message, fields) => say("warning", message, fields),
  };
}
