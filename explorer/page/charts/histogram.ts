/**
 * Bars along an axis, with a brush. The user moves the brush with the pointer, or moves its two
 * sliders with the arrow keys.
 *
 * @module
 */
import { h, s } from "../dom.ts";
import { short, toots } from "../format.ts";
import { brush } from "./brush.ts";
import { card } from "./card.ts";
import { type Counts, type Drawn, sum } from "./client.ts";
import { oncePerFrame } from "./frame.ts";

/** A label under the axis. */
export interface Tick {
  /** The position in bars from the left. It may be between two bars. */
  readonly at: number;
  readonly label: string;
}

/** Options of {@linkcode histogram}. */
export interface HistogramOptions {
  readonly id: string;
  readonly title: string;
  /** The heading of the bars in the table, such as `Time`. */
  readonly column: string;
  readonly height: number;
  /** Returns the number of bars. */
  readonly slots: () => number;
  /** Returns the labels of an axis with this width in pixels. */
  readonly ticks: (width: number) => readonly Tick[];
  /** Formats a range of bars. Both ends are included. */
  readonly label: (from: number, to: number) => string;
  /** Returns the selected bars, both ends included; null if none are selected. */
  readonly chosen: () => readonly [number, number] | null;
  readonly choose: (range: readonly [number, number] | null) => void;
  /** Called when the pointer or the focus enters the chart. */
  readonly near: () => void;
}

/** The maximum number of bars that are labelled because they are higher than the axis. */
const MOST_BEYOND = 1;

const LEFT = 44;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** Creates the chart. */
export function histogram(options: HistogramOptions) {
  const { id, title, column, height, slots, ticks, label, chosen, choose, near } = options;
  let all: Counts = new Map();
  let selected: Counts = new Map();
  let width = 0;

  const box = card({ id, title }, column, () =>
    Array.from({ length: slots() }, (_, slot) => ({
      label: label(slot, slot),
      selected: selected.get(slot) ?? 0,
      all: all.get(slot) ?? 0,
    })));
  const ghost = s("path", { class: "ghost" });
  const bars = s("path", { class: "bar" });
  const outside = s("path", { class: "bar outside" });
  const axis = s("g", { class: "axis" });
  const beyond = s("g", { class: "beyond" });
  const svg = s("svg", { role: "img", height }, axis, ghost, outside, bars, beyond);
  const frame = h("div", { class: "histogram" }, svg);
  frame.style.height = `${height}px`;
  box.body.append(frame);
  for (const event of ["pointerenter", "focusin"]) frame.addEventListener(event, near);

  const x = (slot: number) => LEFT + slot / slots() * (width - LEFT - RIGHT);
  const control = brush({
    frame,
    title,
    slots,
    x,
    slotAt: (px) => Math.floor((px - LEFT) / (width - LEFT - RIGHT) * slots()),
    top: TOP,
    bottom: BOTTOM,
    label,
    chosen,
    choose,
  });

  /** Returns the SVG path of the bars from `from` to `to`, both included. */
  function path(counts: Counts, highest: number, from: number, to: number): string {
    const inner = height - TOP - BOTTOM;
    const gap = (x(1) - x(0)) > 4 ? 1 : 0;
    let d = "";
    for (let slot = Math.max(0, from); slot <= Math.min(to, slots() - 1); slot++) {
      const n = counts.get(slot) ?? 0;
      if (n === 0) continue;
      const up = Math.max(1, Math.min(1, n / highest) * inner);
      d += `M${x(slot).toFixed(1)},${height - BOTTOM}v${-up.toFixed(1)}H${
        (x(slot + 1) - gap).toFixed(1)
      }v${up.toFixed(1)}z`;
    }
    return d;
  }

  let axisDrawn = "";

  function drawAxis(highest: number): void {
    const inner = height - TOP - BOTTOM;
    const marks = ticks(width - LEFT - RIGHT);
    const key = JSON.stringify([highest, width, slots(), marks]);
    if (key === axisDrawn) return;
    axisDrawn = key;
    const rows = niceSteps(highest).map((n) => {
      const y = height - BOTTOM - n / highest * inner;
      return s(
        "g",
        {},
        s("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
        s("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, short(n)),
      );
    });
    const columns = marks.map(({ at, label }) =>
      s("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, label)
    );
    axis.replaceChildren(...rows, ...columns);
  }

  /** Labels the bars that are higher than the axis. */
  function drawBeyond(highest: number): void {
    const high = [...selected].filter(([slot, n]) => slot !== null && n > highest);
    high.sort(([, a], [, b]) => b - a);
    const marks = high.slice(0, MOST_BEYOND).map(([slot, n]) => {
      const [left, right] = [x(Number(slot)), x(Number(slot) + 1)];
      const before = right > width - 70;
      return s("text", {
        x: before ? left - 4 : right + 4,
        y: TOP + 9,
        "text-anchor": before ? "end" : "start",
      }, `↑ ${short(n)}`);
    });
    beyond.replaceChildren(...marks);
  }

  const draw = oncePerFrame(drawNow);

  function drawNow(): void {
    box.drawTable();
    const shown = width > 0; // The table can be shown instead.
    const range = chosen();
    const filtered = sum(selected) !== sum(all);
    box.note(
      (range ? label(...range) : shown ? "drag to select" : "") +
        (filtered && shown ? "; grey: the shape of all toots" : ""),
    );
    if (!shown) return;
    const most = Math.max(1, ...selected.values());
    const highest = topOf(selected);
    const highestOfAll = topOf(all);
    const last = slots() - 1;
    drawAxis(highest);
    drawBeyond(highest);
    // The grey shape shows the whole lake, scaled to the height of the selection, for comparison.
    ghost.setAttribute("d", filtered ? path(all, highestOfAll, 0, last) : "");
    const [from, to] = range ?? [0, last];
    bars.setAttribute("d", path(selected, highest, from, to));
    outside.setAttribute(
      "d",
      range ? path(selected, highest, 0, from - 1) + path(selected, highest, to + 1, last) : "",
    );
    control.draw();
    svg.setAttribute(
      "aria-label",
      `${title}: ${toots(sum(selected))}, at most ${short(most)} per bar`,
    );
  }

  new ResizeObserver(([entry]) => {
    width = Math.round(entry!.contentRect.width);
    svg.setAttribute("width", String(width));
    drawNow();
  }).observe(frame);

  const drawn: Drawn = {
    all(counts) {
      all = counts;
      draw();
    },
    selected(counts) {
      selected = counts;
      draw();
    },
  };
  return { element: box.element, drawn, redraw: draw };
}

/**
 * Returns the number at the top of the axis. It is the highest count, unless a few bars are so high
 * that all others would be flat.
 */
function topOf(counts: Counts): number {
  const sorted = [...counts.values()].sort((a, b) => a - b);
  const highest = sorted.at(-1) ?? 1;
  const usual = sorted[Math.floor(sorted.length * 0.98) - 1] ?? 0;
  return Math.max(1, sorted.length > 40 && highest > 2 * usual ? usual * 1.3 : highest);
}

/** Returns two to four round numbers up to `highest`, or only 1. */
function niceSteps(highest: number): number[] {
  const least = highest / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n > least) ?? power);
  const steps = [];
  for (let n = step; n <= highest; n += step) steps.push(n);
  return steps;
}
