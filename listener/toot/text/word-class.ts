/**
 * Finds the word-boundary class of single characters, by the rules of UAX #29.
 *
 * The classes do not come from a table. For each character, the program asks `Intl.Segmenter` once
 * how the character behaves between other characters. So the classes always match the Unicode
 * version of the runtime.
 *
 * @module
 */

/** The class is not determined yet. */
export const UNKNOWN = 0;
/** Separates words and is not part of a word: space, punctuation, most emoji. */
export const OTHER = 1;
export const LETTER = 2;
export const DIGIT = 3;
/** `_`, which joins letters and digits. */
export const CONNECTOR = 4;
/** Joins letters, but not digits: `·`. */
export const MID_LETTER = 5;
/** Joins digits only: `.` and `,`. */
export const MID_NUMBER = 6;
/** Joins letters and also digits: the apostrophes. */
export const MID = 7;
/** Belongs to the character before it: combining marks, variation selectors, joiners. */
export const EXTEND = 8;
/** Text with this character needs the segmenter. */
export const HARD = 9;

/** An example of each class except `HARD`. */
const EXAMPLES: [kind: number, character: string][] = [
  [OTHER, "!"],
  [LETTER, "b"],
  [DIGIT, "2"],
  [CONNECTOR, "_"],
  [MID_LETTER, "·"],
  [MID_NUMBER, ","],
  [MID, "’"],
  [EXTEND, "\u0301"],
];

/** The contexts in which a character is tried. `*` stands for the character. */
const PLACES = ("* ** a* *a a*a 1* *1 1*1 a*1 1*a _* *_ a*_ _*a a.* *.a 1,* *,1 a**a 1**1 a*.a " +
  "a.*a 1*,1 1,*1 😀*😀 !\u200D* 😀\u200D*a a_* ア*ア ア* *ア").split(" ");

/**
 * Scripts without spaces between words, which need a dictionary; Hangul, which ends a word of
 * another script even without a space; and Hebrew, where `"` can be part of a word.
 */
const HARD_SCRIPT = new RegExp(
  `[${
    "Thai Laoo Khmr Mymr Tale Talu Lana Tavt Ahom Hani Hira Kana Hang Hebr".split(" ")
      .map((script) => `\\p{sc=${script}}`).join("")
  }]`,
  "u",
);

/**
 * Returns the number of words in each context, as one string of digits. All characters of a class
 * have the same string.
 */
function signature(segmenter: Intl.Segmenter, character: string): string {
  return PLACES.map((place) => {
    let words = 0;
    for (const { isWordLike } of segmenter.segment(place.replaceAll("*", character))) {
      if (isWordLike) words++;
    }
    return words;
  }).join("");
}

/** Most emoji have code points from `EMOJI_FROM` to below `EMOJI_UNTIL`. */
const EMOJI_FROM = 0x1F000;
const EMOJI_UNTIL = 0x20000;

/** The classes of characters for one set of rules. */
export interface WordClasses {
  /**
   * The classes by UTF-16 code unit; 0 for units that are not determined yet, and for all
   * surrogates.
   */
  readonly units: Uint8Array;
  /** Returns the class of the character at `index`. */
  at(text: string, index: number): number;
}

function learn(segmenter: Intl.Segmenter, kinds: Map<string, number>): WordClasses {
  const units = new Uint8Array(0x10000);
  const emoji = new Uint8Array(EMOJI_UNTIL - EMOJI_FROM);
  const ask = (character: string) =>
    HARD_SCRIPT.test(character) ? HARD : kinds.get(signature(segmenter, character)) ?? HARD;
  return {
    units,
    at(text, index) {
      const unit = text.charCodeAt(index);
      if (unit < 0xD800 || unit > 0xDFFF) return units[unit] ||= ask(text.charAt(index));
      const point = text.codePointAt(index)!;
      if (point < EMOJI_FROM || point >= EMOJI_UNTIL) return HARD;
      return emoji[point - EMOJI_FROM] ||= ask(String.fromCodePoint(point));
    },
  };
}

const bySegmenter = new WeakMap<Intl.Segmenter, WordClasses>();
const byRules = new Map<string, WordClasses>();

/**
 * Returns the classes of characters according to a segmenter. Languages with the same rules share
 * one object.
 */
export function classesOf(segmenter: Intl.Segmenter): WordClasses {
  let classes = bySegmenter.get(segmenter);
  if (classes !== undefined) return classes;
  const kinds = new Map<string, number>();
  for (const [kind, character] of EXAMPLES) {
    const key = signature(segmenter, character);
    if (!kinds.has(key)) kinds.set(key, kind); // Two classes may behave alike in a language.
  }
  const rules = [...kinds].join();
  classes = byRules.get(rules) ?? learn(segmenter, kinds);
  byRules.set(rules, classes);
  bySegmenter.set(segmenter, classes);
  return classes;
}
