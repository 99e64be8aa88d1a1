/**
 * Decides whether an author agrees to being collected.
 *
 * @module
 */
import { PROFILE_FIELDS, PROFILE_LENGTH } from "../limits.ts";
import { isFields, list, yes } from "./fields.ts";
import { mayHide } from "./text/text-writer.ts";
import { textOf } from "./text/text.ts";

/**
 * The authors whose text and names are kept.
 *
 * - `opt-out`: all except those who opted out (`noindex`, or `#nobot`, `#noindex` or `#noarchive` in
 *   the bio, in a field of the profile or in the name).
 * - `opt-in`: only those who opted in (`indexable`) and did not opt out. Mastodon's
 *   default is "no", so these are few.
 * - `none`: all authors; only for operators who have their permission.
 */
export type Consent = "none" | "opt-out" | "opt-in";

/** All choices, the default first. */
export const CONSENTS: readonly Consent[] = ["opt-out", "opt-in", "none"];

/** With `opt-in`: the reason for withholding an author who has neither opted in nor out. */
export const NOT_INDEXABLE = "not indexable";

/** The hashtags that opt out. */
const OPT_OUT_TAGS = "nobot|noindex|noarchive";

/**
 * Every opt-out hashtag contains one of these words, so a text without them needs no further check.
 */
const WORDS = new RegExp(OPT_OUT_TAGS);

/** One of the hashtags as a whole: no letter, mark, digit or `_` is joined to either end. */
const TAG = new RegExp(
  `(?<![\\p{L}\\p{M}\\p{N}_])#(${OPT_OUT_TAGS})(?![\\p{L}\\p{M}\\p{N}_])`,
  "u",
);

/** `#` in any form. Most bios contain none, and need no further check. */
const HASH = /[#＃﹟]|&(?:#|num)/;

/**
 * Soft hyphens, zero-width characters, controls and other invisible characters, and U+FFFD, which
 * replaces a NUL in HTML.
 */
const UNSEEN = /\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}|\uFFFD/gu;

/** The fields of an account that are read for consent. */
export interface Wishes {
  readonly noindex?: unknown;
  readonly indexable?: unknown;
  /** The bio, as HTML. */
  readonly note?: unknown;
  /** The display name. */
  readonly display_name?: unknown;
  /** Name and value of each field of the profile; the values are HTML. */
  readonly fields?: unknown;
}

/**
 * Returns the reason why the text and name of this author must be withheld; null if they may be
 * kept. An opt-out is stronger than an opt-in.
 *
 * @example
 * ```ts
 * import { withheldReason } from "./consent.ts";
 *
 * const author = { noindex: false, indexable: false, note: "<p>Potter. #No<wbr>Bot</p>" };
 * if (withheldReason(author, "opt-out") !== "#nobot") throw new Error();
 * if (withheldReason(author, "none") !== null) throw new Error();
 * if (withheldReason({}, "opt-in") !== "not indexable") throw new Error();
 * ```
 */
export function withheldReason(account: Wishes, consent: Consent): string | null {
  if (consent === "none") return null;
  if (yes(account.noindex)) return "noindex";
  const budget = { left: PROFILE_LENGTH };
  const tag = optOutTag(account.note, budget) ?? optOutTag(account.display_name, budget) ??
    tagInFields(account.fields, budget);
  if (tag !== null) return tag;
  return consent === "opt-in" && !yes(account.indexable) ? NOT_INDEXABLE : null;
}

function tagInFields(fields: unknown, budget: Budget): string | null {
  // Some servers send an object, either with numbers or with the names of the fields as keys.
  const all = isFields(fields)
    ? Object.keys(fields).slice(0, PROFILE_FIELDS).flatMap((name) => [name, fields[name]])
    : list(fields).slice(0, PROFILE_FIELDS);
  for (const field of all) {
    const tag = isFields(field)
      ? optOutTag(field["name"], budget) ?? optOutTag(field["value"], budget)
      : optOutTag(field, budget);
    if (tag !== null) return tag;
  }
  return null;
}

/** The number of characters of a profile that may still be read. */
interface Budget {
  left: number;
}

/**
 * Caches the results of {@linkcode optOutTag} for recent texts, because an author's bio comes with
 * every toot.
 */
const tags = new Map<string, string | null>();
const REMEMBERED = 5_000, LONGEST_REMEMBERED = 2_000;

/** Finds the opt-out hashtag in HTML, in any form of its letters; null if there is none. */
function optOutTag(given: unknown, budget: Budget): string | null {
  if (typeof given !== "string" || !HASH.test(given)) return null;
  const html = given.length > budget.left ? given.slice(0, budget.left) : given;
  budget.left -= html.length;
  const seen = tags.get(html);
  if (seen !== undefined) return seen;
  const tag = readTag(html);
  // Long bios are not cached: `html` may be a slice, and V8 would keep the whole bio in memory.
  if (given.length <= LONGEST_REMEMBERED) {
    if (tags.size >= REMEMBERED) tags.clear();
    tags.set(html, tag);
  }
  return tag;
}

function readTag(html: string): string | null {
  // The slow parser is not needed if the HTML has no entities, no tags that may hide text, and none
  // of the words.
  if (!mayHide(html)) {
    const stripped = html.replace(/<[^<>]*>/g, "");
    if (!/[&<>]/.test(stripped) && !WORDS.test(plainLetters(stripped))) return null;
  }
  const tag = TAG.exec(plainLetters(textOf(html)));
  return tag === null ? null : `#${tag[1]}`;
}

/**
 * Replaces full-width, bold and circled letters by plain small ones, and removes invisible
 * characters.
 */
function plainLetters(text: string): string {
  return text.replace(PICTURED, pictured).normalize("NFKC").replace(UNSEEN, "").toLowerCase();
}

/**
 * White letters on black circles and squares, and the letters of flags, which NFKC does not
 * replace.
 */
const PICTURED = /[\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}\u{1F1E6}-\u{1F1FF}]/gu;

function pictured(letter: string): string {
  const code = letter.codePointAt(0)!;
  const first = code < 0x1F170 ? 0x1F150 : code < 0x1F1E6 ? 0x1F170 : 0x1F1E6;
  return String.fromCharCode(0x61 + code - first);
}
