/**
 * Days of posting, in UTC, as numbers: 0 is 1 January 1970.
 *
 * @module
 */
import type { DataFile } from "../iceberg/manifest.ts";
import { PARTITION_SOURCE } from "../iceberg/manifest.ts";
import type { Schema } from "../iceberg/schema.ts";
import { timestampOf } from "../iceberg/single-value.ts";

/** A range of days. The first and the last day are included. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

/** Returns a day as a range; null for an unknown day. */
export function singleDay(day: number | null): Days | null {
  return day === null ? null : { from: day, to: day };
}

const DAY_MS = 86_400_000;
const DAY_MICROS = 86_400_000_000n;

/** Returns the day of a time in milliseconds since 1970. */
export function dayAt(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Formats a day: `2026-11-23`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, -14);
}

/** Formats days: `2026-11-23`, or `2026-11-03…2026-11-19`; `unknown` without days. */
export function daysText(days: Days | null): string {
  if (days === null) return "unknown";
  const { from, to } = days;
  return from === to ? dayText(from) : `${dayText(from)}…${dayText(to)}`;
}

/**
 * Returns the number of months from January 1970 to a day, which is Iceberg's transform `month`.
 */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** Returns all days of a month; null without a month. */
export function monthDays(month: number | null): Days | null {
  if (month === null) return null;
  const first = (n: number) => dayAt(Date.UTC(1970, n, 1));
  return { from: first(month), to: first(month + 1) - 1 };
}

/** Returns the days between a file's bounds of `created_tz`; null if it has no such bounds. */
export function daysOf(file: DataFile, schema: Schema): Days | null {
  const id = schema.fields.find(({ name }) => name === PARTITION_SOURCE)!.id;
  const [from, to] = [file.lower_bounds.get(id), file.upper_bounds.get(id)];
  if (from === undefined || to === undefined) return null;
  return { from: dayOfMicros(timestampOf(from)), to: dayOfMicros(timestampOf(to)) };
}

function dayOfMicros(micros: bigint): number {
  const day = micros / DAY_MICROS;
  return Number(micros < 0n && day * DAY_MICROS !== micros ? day - 1n : day);
}

/** Returns true if two ranges have a day in common. */
export function overlap(a: Days, b: Days): boolean {
  return a.from <= b.to && b.from <= a.to;
}
