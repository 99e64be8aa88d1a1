/**
 * Sections of `bench/README.md`. Each benchmark replaces its own section and leaves the others
 * unchanged.
 *
 * @module
 */

/**
 * Replaces the section of `text` that has the same heading as `section`. If there is none, adds
 * `section` at the end. Headings are compared only up to the first colon.
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
