/**
 * Recognises a changed status, even if the server does not say that it has changed.
 *
 * @module
 */
import { withheldReason } from "./consent.ts";
import { isFields, yes } from "./fields.ts";

/**
 * Stands for an unknown fingerprint, such as that of a status from an earlier run, because
 * fingerprints are not stored.
 */
export const NO_FINGERPRINT = 0;

/**
 * Returns a number of 32 bits that depends on the text, the content warning, and whether the
 * author's profile opts out or in. A server may change any of these without a new `edited_at`: some
 * software never sends that field, and an author can opt out at any time. Tags and counts do not
 * matter, because they may differ from one answer to the next. The number is kept in memory only,
 * because a stored hash could be compared with the hash of a guessed text.
 *
 * @example
 * ```ts
 * import { fingerprintOf } from "./fingerprint.ts";
 *
 * const status = { content: "<p>Loaf</p>", account: { acct: "ada" } };
 * const one = fingerprintOf(status);
 * if (fingerprintOf({ ...status, favourites_count: 7 }) !== one) throw new Error();
 * if (fingerprintOf({ ...status, content: "<p>Bun</p>" }) === one) throw new Error();
 * if (fingerprintOf({ ...status, account: { noindex: true } }) === one) throw new Error();
 * ```
 */
export function fingerprintOf(status: unknown): number {
  if (!isFields(status)) return NO_FINGERPRINT;
  const { content, spoiler_text, account } = status;
  const profile = isFields(account) ? account : {};
  const hash = addText(addText(addText(FIRST, spoiler_text), content), optIn(profile["indexable"]));
  const optsOut = withheldReason(profile, "opt-out") !== null;
  // The lowest bit tells whether the profile opts out. The bit above it is always 1, so that the
  // number differs from NO_FINGERPRINT.
  return (hash << 2 | 2 | Number(optsOut)) >>> 0;
}

/** Returns true if the fingerprint is of a status whose author's profile opts out. */
export function optsOut(fingerprint: number): boolean {
  return (fingerprint & 1) === 1;
}

const optIn = (indexable: unknown) => yes(indexable) ? "indexable" : null;

/** The constants of the hash FNV-1a. */
const FIRST = 0x811C_9DC5, PRIME = 0x0100_0193;

/** Returns a number of 32 bits that depends on a text. */
export function textHash(text: string): number {
  let sum = FIRST;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), PRIME);
  return sum >>> 0;
}

/** Adds the text between the tags of some HTML to a hash. */
function addText(hash: number, html: unknown): number {
  let sum = Math.imul(hash ^ 0xFFFF, PRIME);
  if (typeof html !== "string") return sum;
  let inTag = false;
  for (let i = 0; i < html.length; i++) {
    const code = html.charCodeAt(i);
    if (code === 60) inTag = true; // <
    else if (code === 62) inTag = false; // >
    else if (!inTag) sum = Math.imul(sum ^ code, PRIME);
  }
  return sum;
}
