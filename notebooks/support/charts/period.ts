/**
 * Which days a chart shows.
 *
 * A toot's date is what its server says, so a lake can hold toots of the year 1 or
 * 9999. A chart that has room for each day in between would take gigabytes.
 *
 * @module
 */
import { counted } from "./label.ts";

/** The most days in a chart: each is a line or a column of its own. */
export const MOST_DAYS = 366;

const DAY = 86_400_000;

/** Before Mastodon's oldest relative; no date before it is believed. */
const EARLIEST = Date.UTC(2006, 0, 1);

/** The rows that a chart shows. */
export interface Shown<R> {
  readonly rows: R[];
  /** What to write below the chart; empty if every toot is shown. */
  readonly note: string;
}

/**
 * The rows of the last {@linkcode MOST_DAYS} days that have toots, from 2006 to tomorrow.
 *
 * @param now milliseconds since 1970; tomorrow is still believed, for servers whose clock is fast
 *
 * @example
 * ```ts
 * import { recentDays } from "./period.ts";
 *
 * const row = (day: string, toots: number) => ({ day: new Date(day), toots });
 * const all = [row("1600-01-01", 2), row("2026-11-01", 7), row("9999-01-01", 1)];
 * const { rows, note } = recentDays(all, Date.parse("2026-11-02"));
 * if (rows.length !== 1 || note !== "3 toots of other dates are not shown.") throw new Error(note);
 * ```
 */
export function recentDays<R extends { day: Date | null; toots: number }>(
  rows: readonly R[],
  now: number = Date.now(),
): Shown<R & { day: Date }> {
  // A toot of the original project whose time cannot be has none: no record says when it was observed.
  const believed = rows.filter((row): row is R & { day: Date } =>
    row.day !== null && row.day.getTime() >= EARLIEST && row.day.getTime() < now + DAY
  );
  const last = believed.reduce((most, { day }) => Math.max(most, day.getTime()), -Infinity);
  const shown = believed.filter(({ day }) => day.getTime() > last - MOST_DAYS * DAY);
  const sum = (of: readonly R[]) => of.reduce((total, { toots }) => total + toots, 0);
  const left = sum(rows) - sum(shown);
  return {
    rows: shown,
    note: left === 0
      ? ""
      : `${counted(left, "toot of another date is", "toots of other dates are")} not shown.`,
  };
}

/** Why a chart is empty although the lake has toots. */
export const NO_DATE = "No toot has a date between 2006 and tomorrow.";
