import assert from "node:assert/strict";
import { languagesCsv } from "./make-languages.ts";

Deno.test("config/languages.csv equals the output of its script", async () => {
  const committed = await Deno.readTextFile(new URL("./languages.csv", import.meta.url));
  assert.equal(committed, languagesCsv(), "run `deno task languages`");
});

Deno.test("each language tag is unique and has one name", () => {
  const tags = languagesCsv().trimEnd().split("\n").slice(1).map((line) => line.split(",", 1)[0]!);
  assert.equal(new Set(tags).size, tags.length);
  for (const tag of ["de", "en", "ja", "pt-BR", "zh-TW", "sr-Latn", "kab", "jbo", "nb"]) {
    assert.ok(tags.includes(tag), tag);
  }
});
