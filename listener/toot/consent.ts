/**
 * What an author has said about being collected.
 *
 * @module
 */
import { textOf } from "./text.ts";

/**
 * Whose text and name are kept.
 *
 * - `opt-out`: everybody's but those who said no (`noindex`, or `#nobot`,
 *   `#noindex`, `#noarchive` in the bio).
 * - `opt-in`: only of those who said yes as well (`indexable`). Mastodon's
 *   default is no, so few.
 * - `none`: everybody's. For people who may.
 */
export type Consent = "none" | "opt-out" | "opt-in";

/** All choices, the default first. */
export const CONSENTS: readonly Consent[] = ["opt-out", "opt-in", "none"];

/** Why an author who said nothing is withheld by `opt-in`. */
export const NOT_INDEXABLE = "not indexable";

/** Cheap enough to run on every bio: only few go on to be read as text. */
const HINT = /nobot|noindex|noarchive/i;

/** A whole hashtag: Mastodon also takes the full-width `＃`. */
const TAG = /(?<![\p{L}\p{M}\p{N}_])[#＃](nobot|noindex|noarchive)(?![\p{L}\p{M}\p{N}_])/iu;

/** The fields of an account that speak of consent. */
export interface Wishes {
  readonly noindex?: unknown;
  readonly indexable?: unknown;
  /** The bio, as HTML. */
  readonly note?: unknown;
}

/**
 * Why a status of this author is to be kept without text and name, or null
 * where it may be kept whole. An opt-out is stronger than an opt-in.
 *
 * @example
 * ```ts
 * import { withheldReason } from "./consent.ts";
 *
 * const author = { noindex: false, indexable: false, note: "<p>Potter. #NoBot</p>" };
 * if (withheldReason(author, "opt-out") !== "#nobot") throw new Error();
 * if (withheldReason(author, "none") !== null) throw new Error();
 * if (withheldReason({}, "opt-in") !== "not indexable") throw new Error();
 * ```
 */
export function withheldReason(account: Wishes, consent: Consent): string | null {
  if (consent === "none") return null;
  if (account.noindex === true) return "noindex";
  if (typeof account.note === "string" && HINT.test(account.note)) {
    const tag = TAG.exec(textOf(account.note));
    if (tag !== null) return `#${tag[1]!.toLowerCase()}`;
  }
  return consent === "opt-in" && account.indexable !== true ? NOT_INDEXABLE : null;
}
