/**
 * Reads times as servers write them.
 *
 * @module
 */

/**
 * A date, perhaps with a time of day, and perhaps with a zone: `Z`, `UTC`, `+09:00`, `-0330`, `+09`.
 */
const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d)?)?$/i;

/** Reads a time of the form `TIME` as milliseconds since 1970; NaN for other text. */
function parseTime(text: string): number {
  const match = TIME.exec(text);
  if (match === null) return NaN;
  const [, date, minute = "00:00", second = "00", fraction = "0", , hours, minutes = "00"] = match;
  // A leap second counts as the last second of its minute.
  const whole = second === "60" ? "59" : second;
  const zone = hours === undefined ? "Z" : `${hours}:${minutes}`;
  return Date.parse(`${date}T${minute}:${whole}.${fraction.slice(0, 3).padEnd(3, "0")}${zone}`);
}

/** The form that Mastodon and nearly all other software sends. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/**
 * Reads a time as milliseconds since 1970; null for other values. Servers send ISO 8601 with zero,
 * three or six decimals of a second. Some write a space instead of the `T`, or a name for the zone.
 * A time without a zone is UTC.
 *
 * @example
 * ```ts
 * import { millisecondsOf } from "./time.ts";
 *
 * if (millisecondsOf("2026-01-01T00:00:00.123456Z") !== 1767225600123) throw new Error();
 * if (millisecondsOf("2026-01-01T00:00:00") !== 1767225600000) throw new Error();
 * if (millisecondsOf("2026-01-01 09:00:00 +0900") !== 1767225600000) throw new Error();
 * if (millisecondsOf("yesterday") !== null) throw new Error();
 * ```
 */
export function millisecondsOf(time: unknown): number | null {
  // The last result is cached, because the same time is often read several times in a row.
  if (time === lastText) return lastMilliseconds;
  if (typeof time !== "string" || time.length > 40) return null;
  // `USUAL` and `TIME` check the form first. Without them, Date.parse would accept other text ("May
  // 5", "1"), and use this machine's time zone.
  const usual = USUAL.test(time) ? Date.parse(time) : NaN;
  const milliseconds = Number.isNaN(usual) ? parseTime(time) : usual;
  lastText = time;
  lastMilliseconds = Number.isNaN(milliseconds) ? null : milliseconds;
  return lastMilliseconds;
}

let lastText = "";
let lastMilliseconds: number | null = null;

/** The start of microblogging. No status can be older. */
const EARLIEST = Date.UTC(2006, 0, 1);

/** The clock of a server may be ahead of ours by this many milliseconds. */
const AHEAD = 86_400_000;

/**
 * Returns true if a status may have been posted or edited at this time: from 2006 to one day from
 * now. Other times come from broken or hostile servers.
 *
 * @param now milliseconds since 1970
 */
export function believableTime(milliseconds: number, now: number): boolean {
  return milliseconds >= EARLIEST && milliseconds <= now + AHEAD;
}

/**
 * Returns the time of an edit for the record. A time before 2006 becomes null. A time in the future
 * becomes at most a day from now, so that readers of the record still see that the server claims an
 * edit in the future.
 *
 * @param now milliseconds since 1970
 */
export function believableEdit(milliseconds: number | null, now: number): number | null {
  if (milliseconds === null || milliseconds < EARLIEST) return null;
  return Math.min(milliseconds, now + AHEAD);
}

/**
 * Rounds a time down to its hour, in milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { hourOf } from "./time.ts";
 *
 * if (hourOf(Date.UTC(2026, 0, 1, 8, 59)) !== Date.UTC(2026, 0, 1, 8)) throw new Error();
 * ```
 */
export function hourOf(milliseconds: number): number {
  return Math.floor(milliseconds / 3_600_000) * 3_600_000;
}

/**
 * Formats milliseconds since 1970 as `YYYY MM DD HH:MM:SS` in UTC, the format of the original
 * mastodon-stream.
 *
 * @example
 * ```ts
 * import { timeText } from "./time.ts";
 *
 * if (timeText(1767225600123) !== "2026 01 01 00:00:00") throw new Error();
 * ```
 */
export function timeText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  // The text of the day is cached, because most toots have the same day as the one before.
  const day = Math.floor(seconds / 86_400);
  if (day !== dayOfText) {
    dayOfText = day;
    dayText = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll("-", " ");
  }
  const second = seconds - day * 86_400;
  const two = (n: number) => n < 10 ? `0${n}` : `${n}`;
  return `${dayText} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${
    two(second % 60)
  }`;
}

let dayOfText = NaN;
let dayText = "";
