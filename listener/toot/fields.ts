/**
 * Reads unchecked JSON, field by field.
 *
 * @module
 */
import { ID_LENGTH } from "../limits.ts";

/** A JSON object. */
export type Fields = Record<string, unknown>;

/** Returns true if a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a string that is not empty, as well-formed Unicode; otherwise null. */
export function string(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.toWellFormed() : null;
}

/** Returns the same as {@linkcode string}, cut to `most` UTF-16 code units. */
export function shortString(value: unknown, most: number): string | null {
  if (typeof value !== "string" || value === "") return null;
  return (value.length > most ? value.slice(0, most) : value).toWellFormed();
}

/**
 * Returns the same as {@linkcode string}, but null for a string of more than `most` UTF-16 code
 * units, because half an address is useless.
 */
export function wholeString(value: unknown, most: number): string | null {
  return typeof value === "string" && value.length <= most ? string(value) : null;
}

/**
 * Returns a count as an Avro int, cut to the range from 0 to 2^31 - 1; null for a value that is not
 * a number.
 */
export function count(value: unknown): number | null {
  if (typeof value !== "number" || Number.isNaN(value)) return null;
  return Math.min(Math.max(Math.trunc(value), 0), 0x7FFF_FFFF);
}

/**
 * Returns an array as it is. An object with numbers as keys, `{"0": …, "2": …}`, becomes the array
 * of its values, because PHP writes filtered lists like that. Null for every other value.
 */
export function asList(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  return isFields(value) && Object.keys(value).every((key) => /^\d+$/.test(key))
    ? Object.values(value)
    : null;
}

/** Returns the same as {@linkcode asList}, but an empty array instead of null. */
export function list(value: unknown): readonly unknown[] {
  return asList(value) ?? [];
}

/** Returns true if a flag is set. PHP and old databases also send 1 or "true". */
export function yes(value: unknown): boolean {
  return value === true || value === 1 ||
    (typeof value === "string" && /^(?:true|t|yes|y|on|1)$/i.test(value));
}

/** Returns true if a flag is false. A missing flag or null does not count as false. */
export function no(value: unknown): boolean {
  return value === false || value === 0 ||
    (typeof value === "string" && /^(?:false|f|no|n|off|0)$/i.test(value));
}

/**
 * Returns a whole number from 0 to 2^53 - 1, also one that is written as text; otherwise null.
 *
 * `Number(value)` and `String(value)` are not used for values from a server: they throw for an
 * object with a property `toString` that is not a function.
 *
 * @example
 * ```ts
 * import { wholeNumber } from "./fields.ts";
 *
 * if (wholeNumber("401") !== 401 || wholeNumber(401) !== 401) throw new Error();
 * if (wholeNumber({ toString: 1 }) !== null || wholeNumber("-1") !== null) throw new Error();
 * ```
 */
export function wholeNumber(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/**
 * Returns a status id as text. Old servers send numbers. Null if the id is missing, longer than any
 * real id, or a number that has lost digits.
 */
export function idText(id: unknown): string | null {
  const text = Number.isSafeInteger(id) || typeof id === "bigint" ? String(id) : string(id);
  return text !== null && text.length <= ID_LENGTH ? text : null;
}

const LAST_LONG = 2n ** 63n - 1n;

/**
 * Returns an id as a 64-bit number; null if the id has other characters than digits, or is too
 * large.
 */
export function longOf(id: string): bigint | null {
  if (!/^\d{1,19}$/.test(id)) return null;
  const long = BigInt(id);
  return long <= LAST_LONG ? long : null;
}

const BEYOND_16_BITS = /[\uDC00-\uDFFF]/;

/** Counts the Unicode code points of a text. */
export function codePoints(text: string): number {
  let count = text.length;
  if (!BEYOND_16_BITS.test(text)) return count;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xFC00) === 0xDC00) count--;
  return count;
}
