/**
 * Makes texts from servers safe to print on a terminal.
 *
 * @module
 */
import { UNSAFE } from "../../common/html.ts";

/** Characters that are two columns wide. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** Characters without a width. Spacing marks (`Mc`), as in Hindi, are one column wide. */
const NARROW = /[\p{Mn}\p{Me}\u200D\uFE0F]/u;

/**
 * Makes one line of at most `columns` columns. Control characters and marks of direction become
 * spaces, so that a toot cannot colour, clear or mirror the terminal.
 *
 * @example
 * ```ts
 * import { plain } from "./plain.ts";
 *
 * if (plain("a\u001b[2Jb\n\u202ec", 20) !== "a [2Jb c") throw new Error();
 * if (plain("one two three", 9) !== "one two …") throw new Error();
 * if (plain("パンを焼く", 7) !== "パンを…") throw new Error();
 * ```
 */
export function plain(text: string, columns: number): string {
  // A first cut, so that a very long text costs little. Eleven code units for each column are
  // generous: a family emoji has eleven in all. Only long runs of spaces or of combining marks can
  // lose visible text here.
  const line = text.slice(0, columns * 11).toWellFormed().replace(UNSAFE, " ")
    .replace(/\s+/g, " ").trim();
  if (line.length <= columns && !WIDE.test(line)) return line;
  let used = 0, end = 0, last = 0;
  for (const character of line) {
    used += NARROW.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    if (used > columns) return `${line.slice(0, last)}…`;
    end += character.length;
    if (used < columns) last = end; // Up to here, the ellipsis still fits.
  }
  return line;
}

/**
 * Formats a value as a line of JSON. Control characters and marks of direction are escaped, so that
 * a terminal shows them instead of obeying them.
 *
 * @example
 * ```ts
 * import { jsonLine } from "./plain.ts";
 *
 * if (jsonLine({ app: "a\u202eb" }) !== '{"app":"a\\u202eb"}') throw new Error();
 * ```
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  let text = "";
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return text;
}
