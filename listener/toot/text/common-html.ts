/**
 * A fast reader for the HTML of nearly all toots: paragraphs, breaks, links and spans, correctly
 * nested, with the most common entities. All other HTML needs the parser, which takes five times as
 * long.
 *
 * @module
 */
import { close, open, write } from "./text-writer.ts";

/** The inside of a tag such as `<a href="…" class="…">`, without angle brackets in the values. */
const OPENING = /^(a|span|p)((?: [a-z-]+="[^"<>]*")*)$/;

/** Attributes that may hide an element. HTML with them needs the parser. */
const HIDING = / (?:hidden|style)=/;

/** Finds the first `class` in a list of attributes. */
const CLASS = /^(?: [a-z-]+="[^"]*")*? class="([^"]*)"/;

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#x27;": "'",
  "&apos;": "'",
  "&nbsp;": "\u00a0",
};

/** An entity that this reader knows, or the ampersand of another entity. */
const ENTITY = /&(?:amp|lt|gt|quot|#39|#x27|apos|nbsp);|&/g;

/** Writes text. Returns false if the text has an entity that this reader does not know. */
function writeText(text: string): boolean {
  if (!text.includes("&")) {
    write(text);
    return true;
  }
  let known = true;
  const decoded = text.replace(ENTITY, (entity) => {
    known &&= entity !== "&";
    return ENTITIES[entity] ?? "";
  });
  if (known) write(decoded);
  return known;
}

/**
 * Writes the text of HTML with the text writer. Returns false if the HTML needs the parser; the
 * written text must then be discarded.
 */
export function readCommonHtml(html: string): boolean {
  const opened: string[] = [];
  let at = 0;
  for (;;) {
    const begin = html.indexOf("<", at);
    const text = begin === -1 ? html.slice(at) : html.slice(at, begin);
    if (text !== "" && !writeText(text)) return false;
    if (begin === -1) return opened.length === 0;
    const end = html.indexOf(">", begin);
    if (end === -1) return false;
    at = end + 1;
    const tag = html.slice(begin + 1, end);
    switch (tag) {
      case "p":
        // In HTML a paragraph ends an open paragraph, and may not be inside a link. The parser
        // handles such cases.
        if (opened.length > 0) return false;
        opened.push("p");
        open("p", undefined);
        break;
      case "br":
      case "br/":
      case "br /":
        open("br", undefined);
        close("br");
        break;
      case "/p":
      case "/a":
      case "/span": {
        const name = tag.slice(1);
        if (opened.pop() !== name) return false;
        close(name);
        break;
      }
      default: {
        const [, name, attributes] = OPENING.exec(tag) ?? [];
        if (name === undefined || (name === "p" && opened.length > 0)) return false;
        if (HIDING.test(attributes!)) return false;
        const names = CLASS.exec(attributes!)?.[1];
        if (names?.includes("&")) return false;
        opened.push(name);
        open(name, names);
      }
    }
  }
}
