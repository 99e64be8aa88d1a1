/**
 * The text of a status, as a person reads it.
 *
 * @module
 */
import { Parser } from "htmlparser2";
import { HTML_LENGTH, HTML_TAGS } from "../limits.ts";

/** Elements that stand on lines of their own. */
const BLOCKS = new Set([
  ..."address article aside blockquote body center dd details div dl dt fieldset".split(" "),
  ..."figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p".split(" "),
  ..."pre section summary table tbody td tfoot th thead tr ul".split(" "),
]);

/**
 * Elements whose text a browser does not show: `annotation` holds the source of a
 * formula, `rp` the brackets for browsers without ruby.
 */
const UNSEEN = new Set([
  ..."script style template head title annotation annotation-xml rp".split(" "),
]);

const LINE_END = /\r\n?|[\u2028\u2029]/;
const LINE_ENDS = new RegExp(LINE_END, "g");

// One parser for all: making one costs as much as reading a toot with it. Reading is synchronous,
// so no two callers use it at the same time.
let out = "";
let space = ""; // white space that is only real if text follows it
let boundary = false; // a block began or ended since the last text
let afterBreak = false; // a <br> was the last thing: it has eaten one raw line end
let depth = 0;
let hiddenAt = 0; // the depth at which reading was turned off; 0 while it is on
let preAt = 0; // the depth of the outermost <pre>; 0 outside
let ellipsisAt: number[] = [];

function append(data: string): void {
  if (boundary) {
    // Between blocks white space is layout. Inside <pre> only the first line end is.
    data = preAt ? data.replace(/^\r?\n/, "") : data.trimStart();
    if (data === "") return;
    if (out !== "") space = "\n";
    boundary = false;
  } else if (afterBreak && !preAt) {
    data = data.replace(/^\r?\n/, "");
  }
  afterBreak = false;
  const last = data.charCodeAt(data.length - 1);
  if (last > 0x20 && last < 0x80) {
    out += space + data;
    space = "";
    return;
  }
  const seen = data.trimEnd();
  if (seen === "") {
    space += data;
  } else {
    out += space + seen;
    space = data.slice(seen.length);
  }
}

function endLine(): void {
  boundary = true;
  afterBreak = false;
  space = "";
}

const parser = new Parser({
  ontext(data) {
    if (hiddenAt === 0) append(data);
  },
  onopentag(name, attributes) {
    depth++;
    if (hiddenAt !== 0) return;
    const names = attributes["class"];
    if (names !== undefined && names !== "") {
      // The server hides these with CSS: the ends of long links, and the link that stands in for a
      // quote where quotes are not shown.
      if (/(?:^|\s)(?:invisible|quote-inline)(?:\s|$)/.test(names)) {
        hiddenAt = depth;
        return;
      }
      if (/(?:^|\s)ellipsis(?:\s|$)/.test(names)) ellipsisAt.push(depth);
    }
    if (name === "br") {
      // At the edge of a block a break has nothing to break.
      if (!boundary) space += "\n";
      afterBreak = true;
    } else if (BLOCKS.has(name)) {
      endLine();
      if (name === "pre" && preAt === 0) preAt = depth;
    } else if (name === "img") {
      if (attributes["alt"]) append(attributes["alt"]);
    } else if (UNSEEN.has(name)) {
      hiddenAt = depth;
    }
  },
  onclosetag(name) {
    if (hiddenAt === depth) {
      hiddenAt = 0;
    } else if (hiddenAt === 0) {
      if (ellipsisAt.at(-1) === depth) {
        ellipsisAt.pop();
        append("…");
      }
      if (BLOCKS.has(name)) endLine();
      if (preAt === depth) preAt = 0;
    }
    depth--;
  },
});

/** Cuts HTML that is longer, or has more tags, than any toot: reading it could take minutes. */
function withinLimits(html: string): string {
  const short = html.length > HTML_LENGTH ? html.slice(0, HTML_LENGTH) : html;
  // A tag has three characters at least.
  if (short.length <= 3 * HTML_TAGS) return short;
  let at = -1;
  for (let tags = 0; tags <= HTML_TAGS; tags++) {
    at = short.indexOf("<", at + 1);
    if (at === -1) return short;
  }
  return short.slice(0, at);
}

/**
 * Reads the `content` of a status (or the `note` of an account), which is HTML,
 * as the text that a person sees in a web client: each block and each `<br>`
 * begins a line, hidden parts of links are left out and shortened ones end in
 * `…`, the link that stands in for a quote is left out, entities are decoded,
 * images give their alternative text, short codes of custom emoji stay. Raw
 * line ends inside a block are lines too, as they are on Mastodon's own pages.
 *
 * Never throws; whatever is not a string is an empty text.
 *
 * @example
 * ```ts
 * import { textOf } from "./text.ts";
 *
 * const text = textOf("<p>Bread &amp; butter<br>twice</p><p>a day</p>");
 * if (text !== "Bread & butter\ntwice\na day") throw new Error(text);
 * ```
 */
export function textOf(given: unknown): string {
  if (typeof given !== "string" || given === "") return "";
  const html = withinLimits(given);
  out = space = "";
  boundary = true;
  afterBreak = false;
  depth = hiddenAt = preAt = 0;
  ellipsisAt = [];
  if (html.includes("<") || html.includes("&")) {
    parser.reset();
    parser.end(html);
  } else {
    append(html);
  }
  const text = out;
  out = space = "";
  // DuckDB and Avro want Unicode that is whole, and no NUL in it.
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  let lines = LINE_END.test(whole) ? whole.replace(LINE_ENDS, "\n") : whole;
  // Only <pre> begins with white space; an empty line it begins with is nothing to read.
  if (lines.charCodeAt(0) <= 0x20) lines = lines.replace(/^\s*\n/, "");
  return lines.includes("\0") ? lines.replaceAll("\0", "\uFFFD") : lines;
}
