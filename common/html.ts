/**
 * Makes text from servers safe: escapes it for HTML, XML and SVG, and finds the characters that a
 * reader does not see.
 *
 * @module
 */

/**
 * Control characters, marks that change the direction of text, and invisible characters. The
 * zero-width joiner and non-joiner are allowed, because some scripts and emoji need them.
 */
export const UNSAFE: RegExp =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\p{Noncharacter_Code_Point}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

/**
 * Replaces control characters except tabs and line breaks by U+FFFD, and removes the other
 * characters of {@linkcode UNSAFE}. So a text cannot colour, clear or mirror a terminal, and is
 * valid XML.
 *
 * @example
 * ```ts
 * import { visible } from "./html.ts";
 *
 * if (visible("a\u001b[2J\n\u202eb") !== "a\ufffd[2J\nb") throw new Error();
 * ```
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(
    UNSAFE,
    (character) => /[\n\t]/.test(character) ? character : /\p{Cc}/u.test(character) ? "\ufffd" : "",
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for the contents and the quoted attributes of HTML, XML and SVG.
 *
 * @example
 * ```ts
 * import { escapeHtml } from "./html.ts";
 *
 * if (escapeHtml(`<b>"Elk" & 'co'`) !== "&lt;b&gt;&quot;Elk&quot; &amp; &#39;co&#39;") {
 *   throw new Error();
 * }
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
