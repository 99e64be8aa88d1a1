/**
 * Text on a chart: its width, and the format of numbers and days.
 *
 * Charts are drawn without a browser, which could measure text. So widths are estimated. An
 * estimate is usually too wide, and rarely too narrow.
 *
 * @module
 */

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
const narrow = /^[ijlI.,:;'|!()[\]ftr ]$/;

function graphemeWidth(grapheme: string): number {
  if (wide.test(grapheme)) return 1.05;
  if (narrow.test(grapheme)) return 0.34;
  return /^[mwMW@%]/.test(grapheme) ? 0.9 : 0.6;
}

/** Estimates the width in pixels of a text with the font size `size`. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const { segment } of graphemes.segment(text)) ems += graphemeWidth(segment);
  return ems * size;
}

/**
 * Returns the text if it fits into `width` pixels; otherwise its beginning with an ellipsis.
 * Characters that consist of several code points are never split.
 *
 * @example
 * ```ts
 * import { fitText } from "./label.ts";
 *
 * if (fitText("Ivory", 100, 13) !== "Ivory") throw new Error();
 * if (!fitText("An app with a very long name", 100, 13).endsWith("…")) throw new Error();
 * ```
 */
export function fitText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let left = width / size - 1;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Formats a count with thousands separators: `12,345`. */
export function count(value: number): string {
  return integer.format(value);
}

/** Formats an average: with one decimal if it is below 10, otherwise as a whole number. */
export function average(value: number): string {
  return value < 10 ? String(Math.round(10 * value) / 10) : integer.format(value);
}

/** Formats a count for a small space: `845`, `9,120`, `12.3K`, `4.56M`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? integer.format(value) : compact.format(value);
}

/** Formats a count with its noun: `1 toot`, `1,200 toots`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * Formats a part of a whole in percent. A small part is not rounded to 0%, and a part that is not
 * the whole is not rounded to 100%.
 *
 * @example
 * ```ts
 * import { percent } from "./label.ts";
 *
 * if (percent(1, 3) !== "33%") throw new Error();
 * if (percent(1, 10_000) !== "<1%") throw new Error();
 * if (percent(9_999, 10_000) !== ">99%") throw new Error();
 * ```
 */
export function percent(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return "0%";
  const share = 100 * part / whole;
  if (share >= 100) return "100%";
  if (share < 1) return "<1%";
  return share > 99 ? ">99%" : `${Math.round(share)}%`;
}

const formats = {
  weekday: new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short" }),
  day: new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" }),
  long: new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
  }),
};

/** Formats a day as its weekday: `Mon`. */
export const weekday = (day: Date): string => formats.weekday.format(day);
/** Formats a day: `3 Nov`. */
export const dayMonth = (day: Date): string => formats.day.format(day);
/** Formats a day with its weekday: `Monday 3 November`. */
export const longDay = (day: Date): string => formats.long.format(day);
/** Returns true for Saturdays and Sundays (UTC). */
export const isWeekend = (day: Date): boolean => day.getUTCDay() % 6 === 0;

/** Joins items: `a, b and c`. */
export function listed(items: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(items);
}
