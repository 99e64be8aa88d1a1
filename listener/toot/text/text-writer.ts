/**
 * Writes the text of HTML as a person sees it, line by line. Both readers of HTML use it, the fast
 * one and the exact one.
 *
 * The writer is shared. Reading is synchronous, so two callers never use it at the same time.
 *
 * @module
 */

/** Elements that begin on a new line. */
const BLOCKS = new Set([
  ..."address article aside blockquote body center dd details div dl dt fieldset".split(" "),
  ..."figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p".split(" "),
  ..."pre section summary table tbody td tfoot th thead tr ul".split(" "),
]);

/** Elements whose text a browser does not show. */
const UNSEEN = new Set([
  ..."script style template head title datalist dialog".split(" "),
  // The source of a formula, and invisible space in formulas.
  ..."annotation annotation-xml mphantom".split(" "),
  // Brackets for browsers that cannot show ruby.
  "rp",
  // The description of a drawing.
  ..."desc metadata defs".split(" "),
  // Text for browsers that cannot show the element.
  ..."noscript noframes noembed iframe object audio video canvas".split(" "),
]);

/** Attributes and elements that may hide text. */
const HIDING = new RegExp(
  `\\b(?:invisible|quote-inline|hidden|style)\\b|<(?:${[...UNSEEN].join("|")})\\b`,
  "i",
);

/** Returns true if this HTML may hide some of its text. */
export function mayHide(html: string): boolean {
  return HIDING.test(html);
}

/** Styles that hide an element. */
const HIDING_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))/i;

/** Attributes of an element, by their names in lower case. */
export type Attributes = Readonly<Record<string, string>>;

let out = "";
let space = ""; // White space that is written only if text follows it.
let boundary = false; // True if a block began or ended since the last text.
let afterBreak = false; // True right after a <br>. Then one raw line break is skipped.
let depth = 0;
let hiddenAt = 0; // The depth at which hiding began; 0 while text is visible.
let preAt = 0; // The depth of the outermost <pre>; 0 outside.
let ellipsisAt: number[] = [];

/** Starts an empty text. */
export function begin(): void {
  out = space = "";
  boundary = true;
  afterBreak = false;
  depth = hiddenAt = preAt = 0;
  ellipsisAt = [];
}

/** Ends the text and returns it. */
export function end(): string {
  const text = out;
  out = space = "";
  return text;
}

/** Writes text, unless it is hidden. */
export function write(data: string): void {
  if (hiddenAt === 0) append(data);
}

function append(data: string): void {
  if (boundary) {
    // Between blocks, white space is layout. Inside <pre>, only the first line break is layout.
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

/** Returns true if attributes hide their element, such as `hidden`. */
function hides(attributes: Attributes): boolean {
  return attributes["hidden"] !== undefined || HIDING_STYLE.test(attributes["style"] ?? "");
}

/** Opens an element, and hides its text if its attributes say so. */
export function openWith(name: string, attributes: Attributes): void {
  const wasHidden = hiddenAt !== 0;
  open(name, attributes["class"], attributes["alt"]);
  if (!wasHidden && hiddenAt === 0 && hides(attributes)) hiddenAt = depth;
}

/**
 * Opens an element.
 *
 * @param names the value of its attribute `class`
 * @param alt the value of its attribute `alt`
 */
export function open(name: string, names: string | undefined, alt?: string): void {
  depth++;
  if (hiddenAt !== 0) return;
  if (names !== undefined && names !== "") {
    // The server's CSS hides the ends of long links, and the link that stands for a quote in
    // clients without quotes.
    if (/(?:^|\s)(?:invisible|quote-inline)(?:\s|$)/.test(names)) {
      hiddenAt = depth;
      return;
    }
    if (/(?:^|\s)ellipsis(?:\s|$)/.test(names)) ellipsisAt.push(depth);
  }
  if (name === "br") {
    // A <br> at the edge of a block has no effect.
    if (!boundary) space += "\n";
    afterBreak = true;
  } else if (BLOCKS.has(name)) {
    endLine();
    if (name === "pre" && preAt === 0) preAt = depth;
  } else if (name === "img") {
    if (alt) append(alt);
  } else if (UNSEEN.has(name)) {
    hiddenAt = depth;
  }
}

/** Closes the element that was opened last. */
export function close(name: string): void {
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
}
