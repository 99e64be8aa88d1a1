/**
 * Sections of `bench/README.md`: each bench writes its own, and leaves the others.
 *
 * @module
 */

/**
 * The text with `section` in place of the one that starts with the same words, up
 * to its first colon; at the end where there is none.
 */
export function withSection(text: string, section: string): string {
  const [title] = section.split(/[:\n]/, 1) as [string];
  const parts = text.split(/^(?=## )/m);
  const place = parts.findIndex((part) => part.split(/[:\n]/, 1)[0] === title);
  const own = `${section.trimEnd()}\n`;
  if (place < 0) return [text.trimEnd(), own].filter(Boolean).join("\n\n");
  const last = place === parts.length - 1;
  return parts.with(place, last ? own : `${own}\n`).join("");
}
