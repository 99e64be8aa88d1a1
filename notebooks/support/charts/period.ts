/**
 * Chooses the days that a chart shows.
 *
 * The date of a toot comes from its server, so a lake can contain toots of the years 1 or 9999. A
 * chart with room for each day in between would take gigabytes.
 *
 * @module
 */
import { counted } from "./label.ts";

/** The maximum number of days in a chart. Each day is a line or a column. */
export const MOST_DAYS = 366;

const DAY = 86_400_000;

/** Earlier dates are not believed, because microblogging did not exist then. */
const EARLIEST = Date.UTC(2006, 0, 1);

/** The rows that a chart shows. */
export interface Shown<R> {
  readonly rows: R[];
  /** The note below the chart; empty if every toot is shown. */
  readonly note: string;
}

/**
 * Returns the rows of the {@linkcode MOST_DAYS} days that end with the newest date. Dates before
 * 2006 and after tomorrow are left out first.
 *
 * @param now milliseconds since 1970; dates up to tomorrow are believed, because a server's clock
 * may be fast
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
  // Some toots of the original project have no date: their time is impossible, and their records do
  // not say when they were observed.
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

/** The text of a chart that is empty although the lake has toots. */
export const NO_DATE = "No toot has a date between 2006 and tomorrow.";
