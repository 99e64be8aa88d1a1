/**
 * Draws charts of the figures, in the style of the notebooks' charts.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, framed, WIDTH } from "../../notebooks/support/charts/frame.ts";
import { COLOUR } from "../../notebooks/support/charts/palette.ts";
import { textWidth } from "../../notebooks/support/charts/label.ts";

/** A bar: one contender in one group. */
export interface Bar {
  readonly group: string;
  readonly contender: string;
  /** Seconds; null if the run failed. */
  readonly seconds: number | null;
  /** The text in place of the number if the run failed. */
  readonly failed?: string;
}

const FILL: Readonly<Record<string, string>> = {
  native: COLOUR.accent,
  wasm: COLOUR.accentPale,
  peer: COLOUR.contrast,
  spark: COLOUR.muted,
};
const SIZE = 13;

function duration(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}

/** Draws groups of bars, one bar per contender. Shorter is better. */
export function bars(
  frame: { name: string; title: string; what: string },
  rows: readonly Bar[],
): Chart {
  const names = [...new Set(rows.map(({ contender }) => contender))];
  const groups = [...new Set(rows.map(({ group }) => group))];
  const marginLeft = Math.ceil(Math.max(...groups.map((group) => textWidth(group, SIZE)))) + 16;
  const label = ({ seconds, contender, failed }: Bar) =>
    `${contender} ${seconds === null ? failed ?? "" : duration(seconds)}`;
  // Leaves room for the label of the longest bar.
  const marginRight = Math.ceil(Math.max(...rows.map((row) => textWidth(label(row), 12)))) + 16;
  const longest = Math.max(...rows.map(({ seconds }) => seconds ?? 0));
  const finding = rows.map(({ group, contender, seconds, failed }) =>
    `${group}, ${contender}: ${seconds === null ? failed : duration(seconds)}`
  ).join("; ");
  return framed({
    ...frame,
    finding,
    subtitle: [
      `${frame.what}: `,
      ...names.flatMap((text, i) => [
        ...(i > 0 ? [" · "] : []),
        { text, colour: FILL[text] === COLOUR.accentPale ? COLOUR.muted : FILL[text]! },
      ]),
    ],
  }, {
    width: WIDTH,
    height: 20 + groups.length * (names.length * 18 + 14),
    marginLeft,
    marginRight,
    marginTop: 6,
    marginBottom: 6,
    x: { domain: [0, longest || 1], axis: null },
    y: { domain: names, axis: null, padding: 0.12 },
    fy: { domain: groups, axis: null, padding: 0.18 },
    marks: [
      Plot.barX(rows, {
        x: ({ seconds }: Bar) => seconds ?? 0,
        y: "contender",
        fy: "group",
        fill: ({ contender }: Bar) => FILL[contender]!,
      }),
      Plot.text(rows, {
        x: ({ seconds }: Bar) => seconds ?? 0,
        y: "contender",
        fy: "group",
        text: label,
        textAnchor: "start",
        dx: 6,
        fill: COLOUR.ink,
        stroke: COLOUR.paper,
        strokeWidth: 4,
        fontSize: 12,
      }),
      Plot.text(groups, {
        x: 0,
        fy: (group: string) => group,
        text: (group: string) => group,
        textAnchor: "end",
        dx: -10,
        fill: COLOUR.ink,
        fontSize: SIZE,
      }),
    ],
  });
}
