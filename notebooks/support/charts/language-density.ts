/**
 * The chart of the length of toots in each language.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, emptyChart, framed } from "./frame.ts";
import { COLOUR } from "./palette.ts";
import { average, count, counted, fitText, textWidth } from "./label.ts";

/** The length of the toots of one language, in characters. */
export interface DensityRow {
  language: string;
  toots: number;
  shortest: number;
  /** The lower quartile: a quarter of the toots is shorter. */
  lower: number;
  median: number;
  /** The upper quartile: a quarter of the toots is longer. */
  upper: number;
  longest: number;
}

const NAME = "language-density";
const TITLE = "How many characters does a language need?";
const SIZE = 13;

/**
 * Draws a box for each language: the middle half of its toots, with the median, and a line from the
 * shortest to the longest toot. Each box needs only five numbers, so the number of toots does not
 * matter.
 *
 * @param rows the languages to show, in any order
 * @param limit the rows count only toots with fewer characters than this
 */
export function languageDensity(rows: readonly DensityRow[], limit = 200): Chart {
  if (rows.length === 0) return emptyChart(NAME, TITLE, "No toot here states its language.");
  const sorted = rows.toSorted((a, b) =>
    a.median - b.median || a.language.localeCompare(b.language, "en")
  ).map((row, y) => ({ ...row, y }));
  const first = sorted[0]!;
  const last = sorted[sorted.length - 1]!;
  const longest = Math.max(...rows.map(({ language }) => textWidth(language, SIZE)));
  const marginLeft = Math.ceil(Math.min(longest, 220)) + 16;
  const finding = sorted.length === 1
    ? `Half of the ${counted(first.toots, "short toot")} in ${first.language} have fewer than ` +
      `${average(first.median)} characters.`
    : `Of ${
      counted(rows.length, "language")
    }, ${first.language} is the densest, with a median of ` +
      `${average(first.median)} characters, and ${last.language} the least dense, with ` +
      `${average(last.median)}.`;
  return framed({
    name: NAME,
    title: TITLE,
    subtitle: [
      "Characters per toot, in toots under " + count(limit) + ": the ",
      { text: "middle half", colour: COLOUR.accent },
      ", the ",
      { text: "median", colour: COLOUR.ink },
      " and the whole range",
    ],
    finding,
  }, {
    height: 62 + sorted.length * 25,
    marginTop: 14,
    marginBottom: 48,
    marginLeft,
    marginRight: 14,
    x: { domain: [0, limit] },
    y: { type: "band", domain: sorted.map(({ y }) => y), padding: 0.36, axis: null },
    marks: [
      Plot.gridX({ stroke: COLOUR.grid, strokeOpacity: 1, ticks: 8 }),
      Plot.axisX({
        ticks: 8,
        tickSize: 0,
        label: "characters per toot",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 40,
        fontSize: SIZE,
      }),
      Plot.ruleY(sorted, {
        y: "y",
        x1: "shortest",
        x2: "longest",
        stroke: COLOUR.neutral,
        strokeWidth: 1.5,
      }),
      Plot.barX(sorted, { y: "y", x1: "lower", x2: "upper", fill: COLOUR.accentPale }),
      Plot.tickX(sorted, { y: "y", x: "median", stroke: COLOUR.ink, strokeWidth: 3 }),
      Plot.text(sorted, {
        y: "y",
        x: "upper",
        text: ({ median }) => average(median),
        textAnchor: "start",
        dx: 6,
        fill: COLOUR.ink,
        stroke: COLOUR.paper,
        strokeWidth: 4,
        fontSize: 12,
        fontWeight: 600,
      }),
      Plot.text(sorted, {
        y: "y",
        x: 0,
        text: ({ language }) => fitText(language, 220, SIZE),
        textAnchor: "end",
        dx: -10,
        fill: COLOUR.ink,
        fontSize: SIZE,
      }),
      Plot.text([first], {
        x: "median",
        frameAnchor: "top",
        text: ["median"],
        dy: -10,
        fill: COLOUR.muted,
        fontSize: 12,
      }),
    ],
  });
}
