/**
 * Formats numbers and times. All times are UTC.
 *
 * @module
 */

const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Formats a whole number: `25,277`. */
export const whole = (n: number): string => WHOLE.format(n);

/** Formats a number for an axis: `500`, `5K`, `25.3K`. */
export const short = (n: number): string => SHORT.format(n);

/** Formats a share: `36 %`, `0.4 %`, `<0.1 %`. */
export function percent(part: number, all: number): string {
  if (all === 0 || part === 0) return "0 %";
  const value = part / all * 100;
  if (value < 0.1) return "<0.1 %";
  if (value > 99.9 && part < all) return ">99.9 %";
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** Formats a number of toots: `25,277 toots`, `1 toot`. */
export const toots = (n: number): string => `${whole(n)} ${n === 1 ? "toot" : "toots"}`;

const format = (options: Intl.DateTimeFormatOptions) => {
  const formatter = new Intl.DateTimeFormat("en-GB", {
    ...options,
    timeZone: "UTC",
    hourCycle: "h23",
  });
  return (time: number) => formatter.format(time);
};

/** Formats a day: `Thu, 26 Nov 2026`. */
export const dayText = format({
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** Formats a day without the year: `26 Nov`. */
export const shortDay = format({ day: "numeric", month: "short" });

/** Formats a month: `Nov 2026`. */
export const monthText = format({ month: "short", year: "numeric" });

/** Formats a time of day: `14:30`. */
export const clock = format({ hour: "2-digit", minute: "2-digit" });

/** Formats a day and time: `26 Nov 2026, 14:30`. */
export const moment = format({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** Formats a day and time with seconds: `26 Nov, 14:30:05`. */
export const second = format({
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Formats a duration: `0.7 s`, `12 min`, `3 h`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.1) return "<0.1 s";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
