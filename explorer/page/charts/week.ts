/**
 * The grid of hours by weekdays. Each cell is a filter, and a weekday or an hour filters by all of
 * its cells.
 *
 * @module
 */
import { WEEKDAYS } from "../dimensions.ts";
import { h } from "../dom.ts";
import { percent, toots } from "../format.ts";
import { card } from "./card.ts";
import { type Counts, type Drawn, sum } from "./client.ts";
import { oncePerFrame } from "./frame.ts";
import { afterPause } from "../settle.ts";

/** Options of {@linkcode week}. */
export interface WeekOptions {
  readonly chosen: () => readonly number[];
  readonly choose: (hours: readonly number[]) => void;
  readonly near: () => void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const two = (hour: number) => String(hour).padStart(2, "0");
const nameOf = (cell: number) => `${WEEKDAYS[Math.floor(cell / 24)]} ${two(cell % 24)}:00`;

/** The rows and columns that the arrow keys move by. */
const ARROWS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Creates the grid. */
export function week({ chosen, choose, near }: WeekOptions) {
  let all: Counts = new Map();
  let selected: Counts = new Map();
  const box = card(
    { id: "week_hour", title: "Time of the week", note: "UTC; click a cell, a day or an hour" },
    "Hour",
    () =>
      Array.from({ length: 168 }, (_, cell) => ({
        label: nameOf(cell),
        selected: selected.get(cell) ?? 0,
        all: all.get(cell) ?? 0,
      })),
  );

  /**
   * Selects only these cells, or clears them if exactly these cells are selected. With `add`, other
   * cells stay selected, and these cells are cleared if all of them are selected.
   */
  function toggle(cells: readonly number[], add: boolean): void {
    const now = new Set(
      add ? chosen() : chosen().every((cell) => cells.includes(cell)) ? chosen() : [],
    );
    const remove = cells.every((cell) => now.has(cell));
    for (const cell of cells) {
      if (remove) now.delete(cell);
      else now.add(cell);
    }
    choose([...now]);
  }

  const cells = Array.from({ length: 168 }, (_, cell) =>
    h("button", {
      type: "button",
      class: "cell",
      tabindex: -1,
      "data-cell": cell,
      "aria-label": nameOf(cell),
    }));
  const grid = h("div", { class: "week", role: "group", "aria-label": "Time of the week" });
  const hours = HOURS.map((hour) => {
    const column = WEEKDAYS.map((_, day) => day * 24 + hour);
    return h("button", {
      type: "button",
      class: "hour",
      tabindex: -1,
      "aria-label": `all days, ${two(hour)}:00`,
      onclick: (event) => toggle(column, (event as MouseEvent).shiftKey),
    }, hour % 3 === 0 ? two(hour) : "");
  });
  const days = WEEKDAYS.map((name, day) => {
    const row = HOURS.map((hour) => day * 24 + hour);
    return h("button", {
      type: "button",
      class: "day",
      tabindex: -1,
      onclick: (event) => toggle(row, (event as MouseEvent).shiftKey),
    }, name);
  });
  const lines: readonly (readonly HTMLElement[])[] = [
    [h("span"), ...hours],
    ...days.map((name, day) => [name, ...cells.slice(day * 24, day * 24 + 24)]),
  ];
  grid.append(...lines.flat());
  box.body.append(grid);

  let dragFrom: number | null = null;
  const cellOf = (event: Event) => {
    const button = (event.target as Element).closest<HTMLElement>(".cell");
    return button ? Number(button.dataset["cell"]) : null;
  };
  grid.addEventListener("pointerdown", (event) => dragFrom = cellOf(event));
  grid.addEventListener("pointerover", (event) => {
    if (dragFrom === null || (event as PointerEvent).buttons !== 1) return;
    const to = cellOf(event);
    if (to !== null && to !== dragFrom) choose(between(dragFrom, to));
  });
  grid.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (cell !== null && (dragFrom === null || dragFrom === cell)) {
      toggle([cell], true);
    }
    dragFrom = null;
  });
  // Tab goes to one button of the grid, and the arrow keys go from there to all others.
  let stop: HTMLElement = cells[0]!;
  stop.tabIndex = 0;
  grid.addEventListener("focusin", (event) => {
    stop.tabIndex = -1;
    stop = event.target as HTMLElement;
    stop.tabIndex = 0;
  });
  grid.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose([]);
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    const line = lines.findIndex((line) => line.includes(stop));
    lines[line + by[0]]?.[lines[line]!.indexOf(stop) + by[1]]?.focus();
  });
  for (const event of ["pointerenter", "focusin"]) grid.addEventListener(event, near);

  const draw = oncePerFrame(drawNow);

  function drawNow(): void {
    box.drawTable();
    const picked = new Set(chosen());
    const full = fullAt([...selected.values()]);
    cells.forEach((element, cell) => {
      const n = selected.get(cell) ?? 0;
      const shade = n === 0 ? 0 : Math.min(1, 0.08 + 0.92 * n / full);
      element.style.setProperty("--shade", `${(shade * 100).toFixed(1)}%`);
      element.setAttribute("aria-pressed", String(picked.has(cell)));
      element.classList.toggle("dim", picked.size > 0 && !picked.has(cell));
    });
  }

  /** Updates the tooltips and the texts for screen readers. Nobody reads them while dragging. */
  const describe = afterPause(() => {
    const total = sum(selected);
    cells.forEach((element, cell) => {
      const n = selected.get(cell) ?? 0;
      const label = `${nameOf(cell)}, ${toots(n)}, ${percent(n, total)}`;
      element.setAttribute("aria-label", label);
      element.title = label;
    });
  });

  const drawn: Drawn = {
    all(counts) {
      all = counts;
      draw();
    },
    selected(counts) {
      selected = counts;
      draw();
      describe();
    },
  };
  return { element: box.element, drawn, redraw: draw };
}

/**
 * Returns the count that gets the full colour. It does not depend on the highest counts, so that the
 * other hours keep visible shades even if a few hours are far above them.
 */
function fullAt(counts: number[]): number {
  const high = counts.sort((a, b) => a - b)[Math.floor(counts.length * 0.97)] ?? 1;
  return Math.max(1, high * 1.1);
}

/** Returns all cells of the rectangle between two cells. */
function between(one: number, other: number): number[] {
  const [day0, day1] = [Math.floor(one / 24), Math.floor(other / 24)].sort((a, b) => a - b);
  const [hour0, hour1] = [one % 24, other % 24].sort((a, b) => a - b);
  return Array.from({ length: 168 }, (_, cell) => cell).filter((cell) => {
    const [day, hour] = [Math.floor(cell / 24), cell % 24];
    return day >= day0! && day <= day1! && hour >= hour0! && hour <= hour1!;
  });
}
