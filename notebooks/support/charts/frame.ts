/**
 * The frame of every chart: the question as its title, a subtitle with the unit, the background,
 * the style sheet, and a text for screen readers.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import { escapeHtml, visible } from "../../../common/html.ts";
import { COLOUR, themeStyle } from "./palette.ts";
import { fitText, textWidth } from "./label.ts";

/** A chart, ready to be shown or saved. */
export interface Chart {
  /** The name of its file without the ending: `app-landscape`. */
  readonly name: string;
  /** The title, which is the question that the chart answers. */
  readonly title: string;
  /** The answer in a sentence, computed from the rows. */
  readonly finding: string;
  /** The chart as a complete SVG document. */
  readonly svg: string;
}

/**
 * A part of a subtitle. If the parts have the colours of the marks, the subtitle is also the
 * legend.
 */
export type Run = string | { readonly text: string; readonly colour: string };

/** The texts around a plot. */
export interface Frame {
  name: string;
  title: string;
  /** What the chart shows, with its unit. */
  subtitle: readonly Run[];
  finding: string;
  /** What a reader must know to interpret the chart. It is shown below the chart. */
  note?: string;
}

/** The width of a chart in pixels. It fits into JupyterLab, VS Code and GitHub. */
export const WIDTH = 760;

const FONT = 'system-ui,-apple-system,"Segoe UI","Noto Sans","Helvetica Neue",Arial,sans-serif';
const CLASS = "mastodon-chart";
const MARGIN = 4;

function textLine(runs: readonly Run[], y: number, size: number, colour: string, weight = 400) {
  const spans = runs.map((run) =>
    typeof run === "string"
      ? escapeHtml(run)
      : `<tspan fill="${run.colour}" font-weight="700">${escapeHtml(run.text)}</tspan>`
  ).join("");
  return `<text x="${MARGIN}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" xml:space="preserve">${spans}</text>`;
}

/** Breaks a text into lines of at most `width` pixels. */
function wrap(text: string, width: number, size: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (textWidth(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Draws a plot in the colours and font that all charts have, and returns its SVG. */
function draw(options: Plot.PlotOptions): { svg: string; height: number } {
  const document = new DOMParser().parseFromString("<html></html>", "text/html");
  const plot = Plot.plot({
    width: WIDTH,
    ...options,
    document,
    className: "plot",
    style: { fontFamily: "inherit", fontSize: "13px", background: "none", overflow: "visible" },
  });
  // Plot's style rules are removed, because they would apply to every plot of the page.
  plot.querySelector("style")?.remove();
  plot.removeAttribute("class");
  plot.setAttribute("color", COLOUR.muted);
  for (const painted of plot.querySelectorAll('[fill="currentColor"],[stroke="currentColor"]')) {
    for (const property of ["fill", "stroke"]) {
      if (painted.getAttribute(property) === "currentColor") {
        painted.setAttribute(property, COLOUR.muted);
      }
    }
  }
  plot.setAttribute("fill", COLOUR.muted);
  return { svg: plot.outerHTML, height: Number(plot.getAttribute("height")) };
}

/**
 * Draws a plot with its frame.
 *
 * @param options marks, scales and margins, as for `Plot.plot`
 */
export function framed(frame: Frame, options: Plot.PlotOptions): Chart {
  const { svg: plot, height: plotHeight } = draw(options);
  const header = 66;
  const notes = frame.note ? wrap(frame.note, WIDTH - 2 * MARGIN, 12) : [];
  const height = header + plotHeight + (notes.length > 0 ? 12 + 16 * notes.length : 0);
  const said = frame.subtitle.map((run) => typeof run === "string" ? run : run.text).join("");
  const svg = visible([
    `<svg xmlns="http://www.w3.org/2000/svg" class="${CLASS}" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" style="max-width:100%;height:auto" ` +
    `font-family="${escapeHtml(FONT)}" role="img" ` +
    `aria-label="${escapeHtml(`${frame.title} ${said}. ${frame.finding}`)}">`,
    `<style>${themeStyle(`.${CLASS}`)}</style>`,
    `<rect width="100%" height="100%" fill="${COLOUR.paper}"/>`,
    textLine([fitText(frame.title, WIDTH * 1.1, 21)], 26, 21, COLOUR.ink, 700),
    textLine(frame.subtitle, 49, 14, COLOUR.muted),
    plot.replace("<svg ", `<svg y="${header}" `),
    ...notes.map((line, i) =>
      textLine([line], header + plotHeight + 20 + 16 * i, 12, COLOUR.muted)
    ),
    "</svg>",
  ].join("\n"));
  return { name: frame.name, title: visible(frame.title), finding: visible(frame.finding), svg };
}

/** Draws a chart without data. */
export function emptyChart(name: string, title: string, why = "No toots to show yet."): Chart {
  return framed({
    name,
    title,
    subtitle: [why],
    finding: why,
  }, {
    height: 90,
    axis: null,
    marks: [
      Plot.text(["The chart appears here when the lake contains some."], {
        frameAnchor: "middle",
        fill: COLOUR.muted,
        fontSize: 15,
      }),
    ],
  });
}
