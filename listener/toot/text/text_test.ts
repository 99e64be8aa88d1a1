import assert from "node:assert/strict";
import fc from "fast-check";
import { readCommonHtml } from "./common-html.ts";
import { parsedTextOf, textOf } from "./text.ts";

fc.configureGlobal({ seed: 1 });

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * A text that `textOf` must not change: without line breaks, and without white space at its ends.
 */
const words = fc.string({ unit: "grapheme", maxLength: 12 })
  .map((text) => text.replaceAll(/[\r\n\u2028\u2029\0]/g, " ").trim().toWellFormed());

Deno.test("text without markup is unchanged", () => {
  fc.assert(fc.property(words, (text) => assert.equal(textOf(escape(text)), text)));
  fc.assert(fc.property(words, (text) => assert.equal(textOf(`<p>${escape(text)}</p>`), text)));
});

Deno.test("the text reader never throws, and returns well-formed Unicode without NUL or odd line ends", () => {
  const markup = fc.array(
    fc.constantFrom(
      ..."<p> </p> <br> <br/> </br> <pre> </pre> <li> </ul> <span <a </a> </span> <img alt=x> &amp; & ; <"
        .concat(" <!-- --> <![CDATA[ ]]> </ <script> </script> <svg> <title> </title> \" ' = / > x")
        .split(" "),
      '<span class="invisible">',
      '<span class="ellipsis">',
      '<p class="quote-inline">',
      "\u2028",
      "\0",
      "\ud83d",
      "&#0;",
      "&#xd83d;",
      "\r\n",
    ),
    { maxLength: 30 },
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(markup, fc.string({ unit: "binary" })), (html) => {
      const text = textOf(html);
      assert.ok(text.isWellFormed());
      assert.doesNotMatch(text, /[\0\r\u2028\u2029]/);
      assert.doesNotMatch(text, /^\n|\s$/);
      assert.equal(textOf("<p>after</p>"), "after", "nothing is left over for the next text");
    }),
    { numRuns: 2000 },
  );
});

Deno.test("hidden text is left out", () => {
  fc.assert(
    fc.property(
      words,
      words,
      fc.constantFrom("invisible", "quote-inline", "x invisible", "quote-inline\ny"),
      fc.constantFrom("span", "p", "a", "div"),
      (before, after, names, element) => {
        const hidden =
          `<${element} class="${names}"><b>SECRET<br>SECRET</b> &amp; SECRET</${element}>`;
        const text = textOf(`<div>${escape(before)}${hidden}${escape(after)}</div>`);
        assert.doesNotMatch(text, /SECRET/);
        assert.equal(text, (before + after).trim());
      },
    ),
  );
  assert.equal(textOf('<span class="invisibles">a</span> <b class="not-ellipsis">b</b>'), "a b");
});

/** A piece of a page: text, a line break (null), or an element with pieces in it. */
type Piece = string | null | { element: string; pieces: Piece[] };

const BOUNDARY = "\uE000";
const BREAK = "\uE001";

const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b c", " d", "e ", "  ", "é…", "日本"),
    fc.constant(null),
    fc.record({
      element: fc.constantFrom("p", "div", "blockquote", "li", "b", "i", "span"),
      pieces: fc.array(tie("piece"), { maxLength: 4 }),
    }),
  ),
}));

function html(piece: Piece): string {
  if (piece === null) return "<br>";
  if (typeof piece === "string") return escape(piece);
  return `<${piece.element}>${piece.pieces.map(html).join("")}</${piece.element}>`;
}

function marked(piece: Piece): string {
  if (piece === null) return BREAK;
  if (typeof piece === "string") return piece;
  const edge = /^(?:b|i|span)$/.test(piece.element) ? "" : BOUNDARY;
  return edge + piece.pieces.map(marked).join("") + edge;
}

/**
 * Returns true if a browser would close an open <p> or <li> before an inner element. Such HTML
 * means something else than its pieces, so the test skips it.
 */
function nests(piece: Piece, open = new Set<string>()): boolean {
  if (piece === null || typeof piece === "string") return false;
  const { element, pieces } = piece;
  if (open.has("li") && element === "li") return true;
  if (open.has("p") && !/^(?:b|i|span)$/.test(element)) return true;
  return pieces.some((inner) => nests(inner, new Set([...open, element])));
}

Deno.test("the edges of blocks make one line end, and each <br> one", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      fc.pre(!pieces.some((piece) => nests(piece)));
      const expected = (BOUNDARY + pieces.map(marked).join("") + BOUNDARY)
        .replace(/[\s\uE001]*\uE000[\s\uE000\uE001]*/g, "\n")
        .replaceAll(BREAK, "\n")
        .trim();
      assert.equal(textOf(pieces.map(html).join("")), expected);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a shortened link ends in an ellipsis, anywhere in the text", () => {
  const link = '<a><span class="invisible">https://</span>' +
    '<span class="ellipsis">bread.example/a</span><span class="invisible">bc</span></a>';
  assert.equal(
    textOf(`<p>${link}, ${link}<br>${link}</p>`),
    [
      "bread.example/a…, bread.example/a…",
      "bread.example/a…",
    ].join("\n"),
  );
  assert.equal(textOf('<b class="ellipsis"><i class="ellipsis">a</i>b</b>c'), "a…b…c");
});

Deno.test("a value that is not a string has no text", () => {
  for (const content of [null, undefined, 1, {}, ["x"], true]) assert.equal(textOf(content), "");
});

Deno.test("the quick reader returns the same text as the parser", () => {
  const parts = fc.constantFrom(
    ...[
      "<p>",
      "</p>",
      "<br>",
      "<br/>",
      "<br />",
      "<a>",
      "</a>",
      "<span>",
      "</span>",
      "<b>",
      "</b>",
    ],
    ...["<p><br></p>", '<span class="invisible">https://</span>', '<p class="quote-inline">'],
    ...['<span class="ellipsis">bread', '<a href="x" class="mention hashtag" rel="tag">'],
    ...['<span title="x class=" dir="ellipsis">', '<a class="a" class="invisible">'],
    ...['<span class="&#105;nvisible">', '<a href="?a&amp;b">', "<p\n>", "<P>", "<!-- x -->"],
    ...[
      "&amp;",
      "&lt;",
      "&gt;",
      "&quot;",
      "&#39;",
      "&apos;",
      "&nbsp;",
      "&",
      "&eacute;",
      "&amp",
      "<",
    ],
    ...["a", "word ", " ", "\n", "\r\n", "\u2028", "\0", "\ud83d", "é", "#"],
  );
  const html = fc.array(parts, { maxLength: 16 }).map((all) => all.join(""));
  fc.assert(
    fc.property(html, (text) => assert.equal(textOf(text), parsedTextOf(text))),
    { numRuns: 3_000 },
  );
});

Deno.test("the quick reader understands what Mastodon sends", () => {
  const tag =
    '<a href="https://a.example/tags/rye" class="mention hashtag" rel="tag">#<span>rye</span></a>';
  const link =
    '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="nofollow noopener" translate="no">' +
    '<span class="invisible">https://</span><span class="ellipsis">a.example/?x=1&amp;</span>' +
    '<span class="invisible">y=2</span></a>';
  const html = `<p>Bread &amp; ${tag}<br />${link}</p><p>&quot;Yes&quot;</p>`;
  assert.equal(readCommonHtml(html), true);
  assert.equal(textOf(html), 'Bread & #rye\na.example/?x=1&…\n"Yes"');
});
