/**
 * Horizontal bars with numbers, the longest first. The charts of apps and of languages are such
 * charts.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, type Frame, framed } from "./frame.ts";
import { COLOUR } from "./palette.ts";
import { count, fitText, percent, textWidth } from "./label.ts";

/** A bar of the chart. */
export interface Bar {
  name: string;
  value: number;
  /** True to draw the bar in a neutral colour, because it is not an answer to the question. */
  aside?: boolean;
}

const SIZE = 13;

/** Draws bars in the given order, with their value and their share of `total`. */
export function ranking(frame: Frame, bars: readonly Bar[], total: number, unit = "toots"): Chart {
  const longest = Math.max(...bars.map(({ name }) => textWidth(name, SIZE)));
  const marginLeft = Math.ceil(Math.min(longest, 240)) + 14;
  const numbers = bars.map(({ value }) => count(value));
  const widest = Math.max(...numbers.map((number) => textWidth(number, SIZE)));
  // Rows are identified by their index, because the names of two apps may be cut to the same text.
  const rows = bars.map((bar, row) => ({ ...bar, row, number: numbers[row]! }));
  return framed(frame, {
    marginLeft,
    marginRight: widest + 74,
    marginTop: 18,
    marginBottom: 6,
    height: 24 + bars.length * 27,
    x: { domain: [0, Math.max(1, ...bars.map(({ value }) => value))], axis: null },
    y: { domain: rows.map(({ row }) => row), padding: 0.26, axis: null },
    marks: [
      Plot.barX(rows, {
        x: "value",
        y: "row",
        fill: ({ aside }) => aside ? COLOUR.neutral : COLOUR.accent,
        insetLeft: 1,
      }),
      Plot.text(rows, {
        x: 0,
        y: "row",
        text: ({ name }) => fitText(name, 240, SIZE),
        textAnchor: "end",
        dx: -8,
        fill: COLOUR.ink,
        fontSize: SIZE,
      }),
      Plot.text(rows, {
        x: "value",
        y: "row",
        text: "number",
        textAnchor: "start",
        dx: 7,
        fill: COLOUR.ink,
        fontSize: SIZE,
        fontWeight: 600,
        fontVariant: "tabular-nums",
      }),
      Plot.text(rows, {
        y: "row",
        frameAnchor: "right",
        text: ({ value }) => percent(value, total),
        textAnchor: "end",
        dx: widest + 70,
        fill: COLOUR.muted,
        fontSize: SIZE,
        fontVariant: "tabular-nums",
      }),
      Plot.ruleX([0], { stroke: COLOUR.muted }),
      ...[{ text: unit, anchor: "top-left", dx: 1 }, {
        text: "share",
        anchor: "top-right",
        dx: widest + 70,
      }].map(({ text, anchor, dx }) =>
        Plot.text([text], {
          frameAnchor: anchor as Plot.FrameAnchor,
          dx,
          dy: -14,
          fill: COLOUR.muted,
          fontSize: 12,
        })
      ),
    ],
  });
}
