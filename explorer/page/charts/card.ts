/**
 * The card around a chart: title, note, the chart, and its numbers as a table.
 *
 * @module
 */
import { h } from "../dom.ts";
import { percent, whole } from "../format.ts";

/** A row of the table behind a chart. */
export interface TableRow {
  readonly label: string;
  readonly selected: number;
  readonly all: number;
}

/** The parts of a card that charts change. */
export interface Card {
  readonly element: HTMLElement;
  /** The element in which the chart is drawn. */
  readonly body: HTMLElement;
  /** Replaces the note about what the chart shows. */
  note(text: string): void;
}

/** The maximum number of rows of a table. More rows would be slow and not helpful. */
const MOST_ROWS = 400;

/**
 * Creates a card.
 *
 * @param rows returns the chart's numbers; called when the user opens the table
 */
export function card(
  { id, title, note = "", heading = "h2" }: {
    id: string;
    title: string;
    note?: string;
    heading?: "h2" | "h3";
  },
  column: string,
  rows: () => readonly TableRow[],
): Card {
  const body = h("div", { class: "body" });
  const noteElement = h("p", { class: "note" }, note);
  const table = h("div", { class: "table", hidden: true, tabindex: 0, role: "region" });
  table.setAttribute("aria-label", `${title} as a table`);
  const button = h("button", {
    class: "quiet",
    type: "button",
    "aria-expanded": "false",
    "aria-label": `${title}: show as a table`,
    onclick: () => {
      table.hidden = !table.hidden;
      body.hidden = !table.hidden;
      button.setAttribute("aria-expanded", String(!table.hidden));
      button.textContent = table.hidden ? "Table" : "Chart";
      button.setAttribute("aria-label", `${title}: show as a ${button.textContent.toLowerCase()}`);
      if (!table.hidden) table.replaceChildren(tableOf(title, column, rows()));
    },
  }, "Table");
  const element = h(
    "section",
    { class: heading === "h2" ? "card" : "part", id, "aria-labelledby": `${id}-title` },
    h(
      "header",
      {},
      h("div", {}, h(heading, { id: `${id}-title` }, title), noteElement),
      button,
    ),
    body,
    table,
  );
  return { element, body, note: (text) => void (noteElement.textContent = text) };
}

function tableOf(title: string, column: string, rows: readonly TableRow[]): HTMLTableElement {
  const total = rows.reduce((sum, { selected }) => sum + selected, 0);
  return h(
    "table",
    {},
    h("caption", { class: "hidden" }, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...[column, "Selected", "Share", "All"].map((text) => h("th", { scope: "col" }, text)),
      ),
    ),
    h(
      "tbody",
      {},
      ...rows.slice(0, MOST_ROWS).map(({ label, selected, all }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, label),
          h("td", {}, whole(selected)),
          h("td", {}, percent(selected, total)),
          h("td", {}, whole(all)),
        )
      ),
    ),
  );
}
