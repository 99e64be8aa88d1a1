/**
 * Escapes text for HTML, XML and SVG.
 *
 * @module
 */

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
