/**
 * The ids of statuses: which of two is the newer, and when one was made. They are
 * opaque strings by the API, yet paging by them only works because they rise with
 * time, each kind in its own way:
 *
 * - Mastodon: a snowflake in decimal, milliseconds in all but the lowest 16 bits.
 *   Above 2^53, so never a number here.
 * - GoToSocial: a ULID, 26 characters, the first ten of which are milliseconds.
 * - Pleroma, Akkoma: a flake in base 62, 18 characters, milliseconds in the top 64
 *   of 128 bits.
 * - Everything else (Misskey's kinds, Pixelfed's): compared, never taken apart.
 *
 * @see https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb
 * @module
 */

const DIGITS = /^\d+$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const FLAKE = /^[0-9A-Za-z]{18}$/;

/** The largest id of a database: 2^63 - 1. */
const LARGEST = 9_223_372_036_854_775_807n;

/** A time in an id is believed if it lies between these: 2014 to 2100. */
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
 * When the status with this id was created, in milliseconds since 1970; null if the id does
 * not contain a time.
 */
export function idTime(id: string): number | null {
  if (DIGITS.test(id) && id.length < 26) {
    // 18 digits can be a flake or a snowflake; today's flakes begin with a letter.
    return id.length > 19 ? null : plausible(Number(BigInt(id) >> 16n));
  }
  if (ULID.test(id)) return plausible(Number(decode(id.slice(0, 10), CROCKFORD)));
  if (FLAKE.test(id)) return plausible(Number(decode(id, BASE62) >> 64n));
  return null;
}

/**
 * Whether a server can be asked for the statuses before or after this id. What is
 * no such id never becomes a cursor or part of a checkpoint: a server that does
 * not know it gives its newest page, or none.
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
  return !DIGITS.test(id) || (id.length < 20 && BigInt(id) <= LARGEST);
}

/**
 * Below zero where `a` is the older, above where it is the newer. Numbers by
 * their value, ids of one length by their characters, and ids of two kinds by
 * their times (a server that changed its software has both).
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
 * The smallest id that a status made at this time could have: where paging begins for
 * "the last hour". Null if ids like the sample's contain no time.
 *
 * @param sample a status of that server
 * @param milliseconds since 1970
 */
export function idAt(
  sample: { id: string; createdAt: number | null },
  milliseconds: number,
): string | null {
  const { id, createdAt } = sample;
  const time = idTime(id);
  // Pixelfed's ids look the same but count from another year. A day's difference from `created_at`
  // shows that.
  if (time === null || createdAt === null || Math.abs(time - createdAt) > 86_400_000) return null;
  const at = BigInt(Math.max(0, Math.floor(milliseconds)));
  if (DIGITS.test(id)) return String(at << 16n);
  if (ULID.test(id)) return encode(at, CROCKFORD, 10) + "0".repeat(16);
  return encode(at << 64n, BASE62, 18);
}
