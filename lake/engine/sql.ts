/**
 * Texts and lists in SQL.
 *
 * @module
 */

/** A text in SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts in SQL; with `most`, shortened for people to read. */
export function quoteList(texts: readonly string[], most = Infinity): string {
  if (texts.length <= most) return `[${texts.map(quote).join(", ")}]`;
  const left = texts.length - most;
  return `[${texts.slice(0, most).map(quote).join(", ")}, /* and ${left} more */]`;
}
