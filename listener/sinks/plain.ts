/**
 * Text of strangers, made fit for a terminal.
 *
 * @module
 */

/** Controls, and marks that turn the direction of what follows them. */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;

/** Characters that take two columns. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** Characters that take none. */
const NARROW = /[\p{M}\u200D\uFE0F]/u;

/**
 * One line of at most so many columns. Controls and marks of direction become
 * spaces, so that a toot cannot colour, clear, or mirror the terminal.
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
  // No character is narrower than its code units divided by eleven (a family emoji).
  const line = text.slice(0, columns * 11).toWellFormed().replace(UNSAFE, " ")
    .replace(/\s+/g, " ").trim();
  if (line.length <= columns && !WIDE.test(line)) return line;
  let used = 0, end = 0, last = 0;
  for (const character of line) {
    used += NARROW.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    if (used > columns) return `${line.slice(0, last)}…`;
    end += character.length;
    if (used < columns) last = end; // here the ellipsis still fits
  }
  return line;
}
