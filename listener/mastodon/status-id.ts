/**
 * The ids of statuses: which of two is newer, and when a status was made. For the API, ids are
 * opaque strings. Yet paging by ids works only because ids rise with time. Each software makes such
 * ids in its own way:
 *
 * - Mastodon: a decimal snowflake. All but the lowest 16 bits are milliseconds. The id is larger
 *   than 2^53, so it is never handled as a number here.
 * - GoToSocial: a ULID of 26 characters. The first ten are milliseconds.
 * - Pleroma and Akkoma: a flake of 18 characters in base 62. The top 64 of its 128 bits are
 *   milliseconds.
 * - Everything else (Misskey and its forks, Pixelfed): the ids are compared, but no time is read
 *   from them.
 *
 * @see https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
 * @module
 */

const DIGITS = /^\d+$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const FLAKE = /^[0-9A-Za-z]{18}$/;

/** The largest id that a database can store: 2^63 - 1. */
const LARGEST = "9223372036854775807";

/** A time in an id is believed if it is between 2014 and 2100. */
const EARLIEST = Date.UTC(2014), LATEST = Date.UTC(2100);

function plausible(milliseconds: number): number | null {
  return milliseconds > EARLIEST && milliseconds < LATEST ? milliseconds : null;
}

function decode(text: string, alphabet: string): bigint {
  let value = 0n;
  for (const character of text) {
    value = value * BigInt(alphabet.length) + BigInt(alphabet.indexOf(character));
  }
  return value;
}

function encode(value: bigint, alphabet: string, length: number): string {
  let text = "";
  for (; text.length < length; value /= BigInt(alphabet.length)) {
    text = alphabet[Number(value % BigInt(alphabet.length))] + text;
  }
  return text;
}

/**
 * Returns the time that an id contains: when its status was created, in milliseconds since 1970.
 * Null if the id does not contain a time.
 */
export function idTime(id: string): number | null {
  if (DIGITS.test(id) && id.length < 26) {
    // An id of 18 digits could be a flake or a snowflake. It counts as a snowflake, because today's
    // flakes begin with a letter.
    return id.length > 19 ? null : plausible(Number(BigInt(id) >> 16n));
  }
  if (ULID.test(id)) return plausible(Number(decode(id.slice(0, 10), CROCKFORD)));
  if (FLAKE.test(id)) return plausible(Number(decode(id, BASE62) >> 64n));
  return null;
}

/**
 * Returns true if a server can be asked for the statuses before or after this id. Other ids never
 * become a cursor or part of a checkpoint, because servers answer them with the newest page or an
 * empty one.
 *
 * @example
 * ```ts
 * import { canPage } from "./status-id.ts";
 *
 * if (!canPage("116000000000000001") || canPage("99999999999999999999") || canPage("a:b")) {
 *   throw new Error();
 * }
 * ```
 */
export function canPage(id: string): boolean {
  if (!/^[\w-]{1,64}$/.test(id)) return false;
  return !DIGITS.test(id) || id.length < 19 || (id.length === 19 && id <= LARGEST);
}

/**
 * Compares two ids: below zero if `a` is older, above zero if it is newer. Numbers are compared by
 * their value, and other ids of the same length by their characters. Ids of two kinds are compared
 * by their times; a server that changed its software has both kinds.
 *
 * @example
 * ```ts
 * import { compareIds } from "./status-id.ts";
 *
 * if (compareIds("99999999999999999", "109440150000675569") >= 0) throw new Error();
 * if (compareIds("01HZ0000000000000000000000", "01J00000000000000000000000") >= 0) throw new Error();
 * ```
 */
export function compareIds(a: string, b: string): number {
  if (a.length === b.length) return a < b ? -1 : a > b ? 1 : 0;
  if (DIGITS.test(a) && DIGITS.test(b)) return a.length - b.length;
  const left = idTime(a), right = idTime(b);
  if (left !== null && right !== null && left !== right) return left - right;
  return a < b ? -1 : 1;
}

/**
 * Returns the smallest id that a status made at this time can have; null if ids of the sample's
 * kind contain no time. With this id as `max_id`, a server returns statuses from before that time.
 *
 * @param sample a status of the same server, which shows the kind of its ids
 * @param milliseconds the time, in milliseconds since 1970
 */
export function idAt(
  sample: { id: string; createdAt: number | null },
  milliseconds: number,
): string | null {
  const { id, createdAt } = sample;
  const time = idTime(id);
  // Pixelfed's ids look like Mastodon's, but count from another year, so their time differs from
  // `created_at` by more than a day.
  if (time === null || createdAt === null || Math.abs(time - createdAt) > 86_400_000) return null;
  const at = BigInt(Math.max(0, Math.floor(milliseconds)));
  if (DIGITS.test(id)) return String(at << 16n);
  if (ULID.test(id)) return encode(at, CROCKFORD, 10) + "0".repeat(16);
  return encode(at << 64n, BASE62, 18);
}
