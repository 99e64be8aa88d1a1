/**
 * Limits the log. One limit applies to the lines about each server, and another one to the lines
 * about all servers together.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import {
  LOG_BURST,
  LOG_BURST_OF_ALL,
  LOG_LINES_PER_SECOND,
  LOG_LINES_PER_SECOND_OF_ALL,
} from "../limits.ts";
import { createAllowance } from "./allowance.ts";
import type { Log } from "./log.ts";

/** The number of suppressed lines is reported this many milliseconds after the first of them. */
const SAY_AFTER = 10_000;

/**
 * The maximum number of servers that have a limit of their own at a time, and of servers that one
 * report counts.
 */
const SERVERS = 2_000;

/** A limited log. */
export interface LimitedLog extends Log {
  /** Reports how many lines were suppressed since the last report, if any. */
  close(): void;
}

/**
 * Limits the lines with a field `server`. All other lines pass.
 *
 * @example
 * ```ts
 * import { limitLog } from "./log-limit.ts";
 *
 * const lines: string[] = [];
 * const say = (line: string) => void lines.push(line);
 * const log = limitLog({ info: say, warning: say });
 * for (let n = 0; n < 1000; n++) log.info("closed 1006", { server: "https://bread.example" });
 * log.close();
 * if (lines.length > 30 || !/more lines about 1 server/.test(lines.at(-1)!)) throw new Error();
 * ```
 */
export function limitLog(log: Log, clock: Clock = systemClock): LimitedLog {
  const allowAll = createAllowance(LOG_BURST_OF_ALL, LOG_LINES_PER_SECOND_OF_ALL, clock);
  let allowances = new Map<string, () => boolean>();
  let lines = 0;
  let servers = new Set<string>();
  let cancel: (() => void) | null = null;

  function allows(server: string): boolean {
    let allow = allowances.get(server);
    if (allow === undefined) {
      if (allowances.size >= SERVERS) allowances = new Map();
      allowances.set(server, allow = createAllowance(LOG_BURST, LOG_LINES_PER_SECOND, clock));
    }
    return allow() && allowAll();
  }

  function tell(): void {
    cancel?.();
    cancel = null;
    if (lines === 0) return;
    const count = servers.size >= SERVERS ? `${SERVERS} or more` : String(servers.size);
    log.info(
      `${lines.toLocaleString("en")} more lines about ${count} ${
        servers.size === 1 ? "server" : "servers"
      } were left out`,
      { event: "log-limit", lines, servers: servers.size },
    );
    lines = 0;
    servers = new Set();
  }

  function limited(say: Log["info"]): Log["info"] {
    return (message, fields) => {
      const server = fields?.["server"];
      if (typeof server !== "string" || allows(server)) return say(message, fields);
      lines++;
      if (servers.size < SERVERS) servers.add(server);
      cancel ??= clock.after(SAY_AFTER, tell);
    };
  }

  return { info: limited(log.info), warning: limited(log.warning), close: tell };
}
