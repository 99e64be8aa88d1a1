/**
 * Ids of statuses. Mastodon's are snowflakes: milliseconds in the upper bits, a
 * sequence in the lower sixteen, so above 2^53 and ascending. Others' are ULIDs,
 * of which the simulator makes some from the same two parts.
 *
 * @module
 */

/** The two parts of an id; ids compare by `time`, then by `sequence`. */
export interface IdParts {
  /** Milliseconds since 1970. */
  time: number;
  /** 0 to 65,535. */
  sequence: number;
}

/**
 * A snowflake as Mastodon writes it.
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

function base32(value: number, digits: number): string {
  let text = "";
  for (let i = 0; i < digits; i++) {
    text = CROCKFORD[value % 32] + text;
    value = Math.floor(value / 32);
  }
  return text;
}

/** The same id as a ULID, as GoToSocial would write it. */
export function ulid(time: number, sequence: number): string {
  const noise = (time * 48_271) % 2_147_483_647;
  return base32(time, 10) + base32(noise, 7) + "5T00C" + base32(sequence, 4);
}

/** Reads an id of either kind; text that is neither counts as 0, as Rails has it. */
export function parseId(text: string): IdParts {
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(text)) {
    const number = (part: string) =>
      [...part].reduce((sum, digit) => sum * 32 + CROCKFORD.indexOf(digit), 0);
    return { time: number(text.slice(0, 10)), sequence: number(text.slice(22)) };
  }
  const digits = text.match(/^\s*\d{1,30}/)?.[0].trim() ?? "0";
  const id = BigInt(digits);
  return { time: Number(id >> 16n), sequence: Number(id & 0xffffn) };
}
