/**
 * The ids of statuses, in the styles of several programs. Every id consists of a time and a
 * sequence number. A later time gives a higher id, and so does a higher sequence number at the same
 * time.
 *
 * @module
 */

/** The two parts of an id; ids compare by `time`, then by `sequence`. */
export interface IdParts {
  /** The time, in milliseconds since 1970. */
  time: number;
  /** The sequence number, from 0 to 65,535. */
  sequence: number;
}

/**
 * The style of a server's ids: `snowflake` for Mastodon, `ulid` for GoToSocial, `flake` for
 * Pleroma, and `pixelfed` for Pixelfed, a snowflake that counts from 2019.
 */
export type IdStyle = "snowflake" | "ulid" | "flake" | "pixelfed";

/** The time from which Pixelfed's ids count, in milliseconds since 1970. */
const PIXELFED_EPOCH = 1_549_756_800_000;

/**
 * Writes a snowflake as Mastodon does. Today's ids are above 2^53, so a number cannot hold them.
 *
 * @example
 * ```ts
 * import { parseId, snowflake } from "./ids.ts";
 *
 * const id = snowflake(1_785_592_364_180, 7);
 * if (BigInt(id) <= 2n ** 53n) throw new Error("numbers cannot hold it");
 * if (parseId(id).sequence !== 7) throw new Error();
 * ```
 */
export function snowflake(time: number, sequence: number): string {
  return ((BigInt(time) << 16n) | BigInt(sequence)).toString();
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base32(value: number, digits: number): string {
  let text = "";
  for (let i = 0; i < digits; i++) {
    text = CROCKFORD[value % 32] + text;
    value = Math.floor(value / 32);
  }
  return text;
}

/** Writes an id as a ULID, as GoToSocial does. */
export function ulid(time: number, sequence: number): string {
  const noise = (time * 48_271) % 2_147_483_647;
  return base32(time, 10) + base32(noise, 7) + "5T00C" + base32(sequence, 4);
}

/** Writes an id as a flake of 18 case-sensitive characters, as Pleroma does. */
export function flake(time: number, sequence: number): string {
  let value = (BigInt(time) << 64n) | BigInt(sequence);
  let text = "";
  for (; value > 0n; value /= 62n) text = BASE62[Number(value % 62n)] + text;
  return text.padStart(18, "0");
}

/** Writes an id in a style. */
export function writeId({ time, sequence }: IdParts, style: IdStyle): string {
  switch (style) {
    case "snowflake":
      return snowflake(time, sequence);
    case "ulid":
      return ulid(time, sequence);
    case "flake":
      return flake(time, sequence);
    case "pixelfed":
      return ((BigInt(time - PIXELFED_EPOCH) << 22n) | BigInt(sequence)).toString();
  }
}

/**
 * Reads an id in this style (default `snowflake`). A ULID is recognized by its form in every style.
 * Text without an id counts as the number at its start, or as 0, as in Rails.
 */
export function parseId(text: string, style: IdStyle = "snowflake"): IdParts {
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(text)) {
    const number = (part: string) =>
      [...part].reduce((sum, digit) => sum * 32 + CROCKFORD.indexOf(digit), 0);
    return { time: number(text.slice(0, 10)), sequence: number(text.slice(22)) };
  }
  if (style === "flake" && /^[0-9A-Za-z]{18}$/.test(text)) {
    const value = [...text].reduce((sum, c) => sum * 62n + BigInt(BASE62.indexOf(c)), 0n);
    return { time: Number(value >> 64n), sequence: Number(value & 0xffffn) };
  }
  const digits = text.match(/^\s*\d{1,30}/)?.[0].trim() ?? "0";
  const id = BigInt(digits);
  return style === "pixelfed"
    ? { time: Number(id >> 22n) + PIXELFED_EPOCH, sequence: Number(id & 0xffffn) }
    : { time: Number(id >> 16n), sequence: Number(id & 0xffffn) };
}
