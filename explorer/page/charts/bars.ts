/**
 * A list of values with bars. Each value is a button that filters by the value.
 *
 * A tick on each bar shows the length that the bar would have if its value were as frequent in the
 * selection as in the whole lake. So a bar that is longer than its tick shows a value that is more
 * frequent in the selection.
 *
 * @module
 */
import type { ListDimension } from "../dimensions.ts";
import { h, setChildren, setText } from "../dom.ts";
import { percent, toots, whole } from "../format.ts";
import { card } from "./card.ts";
import { type Counts, type Drawn, sum } from "./client.ts";
import { oncePerFrame } from "./frame.ts";
import { afterPause } from "../settle.ts";

/** Options of {@linkcode bars}. */
export interface BarOptions {
  readonly dimension: ListDimension;
  readonly heading: "h2" | "h3";
  /** Returns the selected values. */
  readonly chosen: () => readonly string[];
  readonly toggle: (value: string) => void;
  /** Called when the pointer or the focus enters the list. */
  readonly near: () => void;
}

/** The name that stands for all values that are not listed. Its bar comes last. */
const OTHERS = "All others";

/** The number of rows after a click on the button below the list. */
const MORE_ROWS = 40;

interface Bar {
  readonly row: HTMLElement;
  readonly element: HTMLButtonElement;
  readonly fill: HTMLElement;
  readonly tick: HTMLElement;
  readonly count: HTMLElement;
  /** Additional text for screen readers. */
  readonly said: HTMLElement;
}

/** Creates the list. */
export function bars({ dimension, heading, chosen, toggle, near }: BarOptions) {
  const { name, title, one, note = "", rows } = dimension;
  let all: Counts = new Map();
  let selected: Counts = new Map();
  let order: string[] = [];
  let most = rows;
  const made = new Map<string, Bar>();

  const box = card(
    { id: name, title, note, heading },
    capital(one),
    () =>
      ranked().map((label) => ({
        label,
        selected: selected.get(label) ?? 0,
        all: all.get(label) ?? 0,
      })),
  );
  const list = h("ul", { class: "bars" });
  list.style.minHeight = heading === "h2" ? `calc(${rows} * var(--row))` : "";
  const more = h("button", {
    class: "quiet more",
    type: "button",
    hidden: true,
    onclick: () => {
      most = most === rows ? MORE_ROWS : rows;
      reorder();
    },
  });
  box.body.append(list, more);
  for (const event of ["pointerenter", "focusin"]) box.body.addEventListener(event, near);

  /**
   * Returns the values, sorted by frequency in the selection and then by frequency in the lake.
   */
  function ranked(): string[] {
    return ([...all.keys()] as string[]).sort((a, b) =>
      Number(a === OTHERS) - Number(b === OTHERS) ||
      (selected.get(b) ?? 0) - (selected.get(a) ?? 0) ||
      (all.get(b) ?? 0) - (all.get(a) ?? 0) || a.localeCompare(b)
    );
  }

  function bar(value: string): Bar {
    let bar = made.get(value);
    if (bar) return bar;
    const fill = h("span", { class: "fill" });
    const tick = h("span", { class: "tick" });
    const count = h("span", { class: "count" });
    const said = h("span", { class: "hidden" });
    const element = h(
      "button",
      { type: "button", "data-value": value, onclick: () => toggle(value) },
      h("span", { class: "label", dir: "auto" }, name === "hashtag" ? `#${value}` : value),
      count,
      said,
      h("span", { class: "track" }, fill, tick),
    );
    made.set(value, bar = { row: h("li", {}, element), element, fill, tick, count, said });
    return bar;
  }

  const draw = oncePerFrame(drawNow);
  const reorder = oncePerFrame(reorderNow);
  // The rows keep their order while the user drags, because jumping rows cannot be read.
  const settled = afterPause(reorder);

  function reorderNow(): void {
    const picked = chosen();
    const values = ranked().filter((value) => (all.get(value) ?? 0) > 0);
    const focused = order.find((value) => bar(value).element === document.activeElement);
    // Selected values stay visible, and so does the value with the focus.
    const stay = focused === undefined ? picked : [...picked, focused];
    const now = [
      ...new Set([...values.slice(0, most), ...stay.filter((value) => all.has(value))]),
    ];
    if (now.join("\n") !== order.join("\n")) {
      order = now;
      // The values are known now, so the list need not reserve space for them any more.
      list.style.minHeight = "";
      setChildren(list, order.map((value) => bar(value).row));
    }
    more.hidden = values.length <= rows;
    more.textContent = most === rows ? `Show ${Math.min(MORE_ROWS, values.length)}` : "Show fewer";
    drawNow();
    describe();
    box.drawTable();
  }

  function drawNow(): void {
    const picked = chosen();
    const total = sum(selected);
    const wholeLake = sum(all);
    const longest = Math.max(1, ...order.map((value) => selected.get(value) ?? 0));
    for (const value of order) {
      const { element, fill, tick, count } = bar(value);
      const n = selected.get(value) ?? 0;
      const usual = wholeLake === 0 ? 0 : (all.get(value) ?? 0) / wholeLake * total;
      fill.style.transform = `scaleX(${n / longest})`;
      tick.style.left = `${Math.min(100, usual / longest * 100)}%`;
      tick.hidden = total === wholeLake || total === 0;
      setText(count, whole(n));
      const pressed = picked.includes(value);
      element.setAttribute("aria-pressed", String(pressed));
      element.classList.toggle("dim", picked.length > 0 && !pressed);
    }
  }

  /** Updates the tooltips and the texts for screen readers. Nobody reads them while dragging. */
  function describe(): void {
    const total = sum(selected), wholeLake = sum(all);
    for (const value of order) {
      const { element, said } = bar(value);
      const n = selected.get(value) ?? 0;
      const share = `${percent(n, total)} of the selection, ${
        percent(all.get(value) ?? 0, wholeLake)
      } of all`;
      said.textContent = ` toots, ${share}`;
      element.title = `${value}: ${toots(n)}, ${share}`;
    }
  }

  const drawn: Drawn = {
    all(counts) {
      all = counts;
      reorder();
    },
    selected(counts) {
      selected = counts;
      draw();
      settled();
    },
  };
  return { element: box.element, drawn, redraw: draw };
}

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
