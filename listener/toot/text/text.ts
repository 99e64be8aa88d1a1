/**
 * Extracts the text of a status, as a person reads it.
 *
 * @module
 */
import { Parser } from "htmlparser2";
import { readCommonHtml } from "./common-html.ts";
import * as writer from "./text-writer.ts";
import { HTML_LENGTH, HTML_TAGS } from "../../limits.ts";

const LINE_END = /\r\n?|[\u2028\u2029]/;
const LINE_ENDS = new RegExp(LINE_END, "g");

/** One parser for all texts, because creating a parser takes as long as reading a toot. */
const parser = new Parser({
  ontext: writer.write,
  onopentag: writer.openWith,
  onclosetag: writer.close,
});

/** Returns the text of HTML, always with the parser. */
function parse(html: string): string {
  writer.begin();
  parser.reset();
  parser.end(html);
  return writer.end();
}

/** Returns the text of HTML. Uses the fast reader if it can read the HTML, else the parser. */
function read(html: string): string {
  writer.begin();
  return readCommonHtml(html) ? writer.end() : parse(html);
}

/**
 * Cuts HTML that is longer or has more tags than any real toot, because reading it could take
 * minutes.
 */
function withinLimits(html: string): string {
  const short = html.length > HTML_LENGTH ? html.slice(0, HTML_LENGTH) : html;
  // A tag has at least three characters, so HTML of this length cannot have too many tags.
  if (short.length <= 3 * HTML_TAGS) return short;
  let at = -1;
  for (let tags = 0; tags <= HTML_TAGS; tags++) {
    at = short.indexOf("<", at + 1);
    if (at === -1) return short;
  }
  return short.slice(0, at);
}

/**
 * Extracts the text that a person sees in a web client from HTML: the `content` of a status or the
 * `note` of an account. Each block and each `<br>` begins a line, and so does a raw line break
 * inside a block, as on Mastodon's own pages. Hidden parts of links are left out, and shortened
 * links end in `…`. The link that stands for a quote is left out. Entities are decoded, images
 * become their alternative text, and short codes of custom emoji stay.
 *
 * Never throws. The result for a value that is not a string is empty.
 *
 * @example
 * ```ts
 * import { textOf } from "./text.ts";
 *
 * const text = textOf("<p>Bread &amp; butter<br>twice</p><p>a day</p>");
 * if (text !== "Bread & butter\ntwice\na day") throw new Error(text);
 * ```
 */
export function textOf(html: unknown): string {
  return typeof html !== "string" || html === "" ? "" : tidy(read(withinLimits(html)));
}

/**
 * Returns the same as {@linkcode textOf}, but always uses the parser. Tests compare the fast reader
 * with it.
 */
export function parsedTextOf(html: string): string {
  return tidy(parse(withinLimits(html)));
}

function tidy(text: string): string {
  // DuckDB and Avro need well-formed Unicode without NUL.
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  let lines = LINE_END.test(whole) ? whole.replace(LINE_ENDS, "\n") : whole;
  // Only the text of a <pre> begins with white space. Empty lines at the start are invisible, so
  // they are removed.
  if (lines.charCodeAt(0) <= 0x20) lines = lines.replace(/^\s*\n/, "");
  return lines.includes("\0") ? lines.replaceAll("\0", "\uFFFD") : lines;
}
