import assert from "node:assert/strict";
import { tableOf } from "./table.ts";

const day = new Date("2026-11-02");

Deno.test("numbers are aligned right, with separators of thousands", () => {
  const rows = [{ app: "Elk", toots: 1_234_567, share: 0.5 }, {
    app: "象の時計",
    toots: 8,
    share: 12,
  }];
  const { text, html } = tableOf(rows, "Apps");
  assert.equal(
    text,
    [
      "Apps",
      "app           toots  share",
      "Elk       1,234,567    0.5",
      "象の時計          8     12",
    ]
      .join("\n"),
  );
  assert.match(html, /<th scope="col" style="text-align:right">toots<\/th>/);
});

Deno.test("every type of value is formatted for people", () => {
  const rows = [{
    day,
    posted_at: new Date("2026-11-02T13:45:10Z"),
    m_id: 115_000_000_000_000_001n,
    bot: false,
    hashtags: ["one", "two"],
    nothing: null,
    text: "a\n<b>",
  }];
  const { text, html } = tableOf(rows, "A <toot>");
  assert.deepEqual(text.split("\n").at(-1)?.split(/ {2,}/), [
    "2026-11-02 Mon",
    "2026-11-02 13:45:10",
    "115000000000000001",
    "no",
    "one, two",
    "a <b>",
  ]);
  assert.ok(html.includes("A &lt;toot&gt;") && html.includes("&lt;b&gt;") && !html.includes("<b>"));
});

Deno.test("an empty table is a sentence, and omitted rows are counted", () => {
  assert.equal(tableOf([], "Apps").text, "Apps: no rows.");
  const many = Array.from({ length: 1_041 }, (_, n) => ({ n }));
  assert.match(tableOf(many, "Numbers").html, /Numbers, and 1,001 more rows<\/caption>/);
  assert.equal(tableOf(many, "Numbers").text.split("\n").length, 1 + 1 + 40 + 1);
});
