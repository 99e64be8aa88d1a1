/**
 * Finds phrases in docs and messages that readers have to read twice.
 *
 * @module
 */
import type { SourceFile } from "./sources.ts";

/** The worst phrases, and what to write instead. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were) no (?!longer|more\b|less\b|one\b)\w+/i, "expected …, got …"],
  [/\bwhere there (is|are) (one|none)\b/i, "if there is one"],
  [/\bwhere (it|one|none) (stands|is none)\b/i, "if …"],
  [
    /\bso (many|long|much|few) (?!\w+ (that|as)\b)(\w+) (are|is|it|a|of|for|between)\b/i,
    "how many",
  ],
  [/\bcannot be had\b/i, "is not available"],
  [/\basked wrongly\b/i, "usage error"],
  [/\bis borne\b/i, "how to retry"],
  [/\bis not understood\b/i, "unknown argument"],
  [/\b(misfit|graveyard|patiently|outlast)\b/i, "the field's term"],
  [/\bsay who we are\b|\bsays who we are\b/i, "set …"],
  // The live feeds of mastodon.social are disabled, so a reader who tries the command gets nothing.
  [/--baseURL (https:\/\/)?mastodon\.social/, "--baseURL https://fosstodon.org"],
];

/**
 * Returns the string literals of a source (messages, help and SQL), without imports and comments.
 */
function stringsOf(text: string): string {
  const bare = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/^(import|export) .*? from ".*";$/gm, "");
  return bare.split("\n").map((line) => {
    const code = line.replace(/(^|\s)\/\/.*$/, "");
    return /["'`]/.test(code) || !/[;{}()=]/.test(code) ? code : "";
  }).join("\n");
}

/** Returns the uses of {@linkcode PHRASES} in a file, as `path:line: the words (what to write)`. */
export function oblique({ path, text }: SourceFile): string[] {
  const prose = path.endsWith(".md") ? text.replaceAll(/```[\s\S]*?```/g, blank) : stringsOf(text);
  return prose.split("\n").flatMap((line, i) =>
    PHRASES.flatMap(([phrase, instead]) => {
      const match = phrase.exec(line);
      return match === null ? [] : [`${path}:${i + 1}: ${match[0]} (${instead})`];
    })
  );
}

const blank = (code: string) => code.replaceAll(/[^\n]/g, "");
