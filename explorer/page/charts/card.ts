/**
 * The card around a chart: title, note, the chart, and its numbers as a table.
 *
 * @module
 */
import { h, setText } from "../dom.ts";
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
  /** Updates the table. To be called whenever the chart's numbers change. */
  drawTable(): void;
}

/**
 * Creates a card.
 *
 * @param rows returns the chart's numbers; called only while the table is open
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
  const numbers = numbersTable(title, column);
  const table = h("div", {
    class: "table",
    hidden: true,
    tabindex: 0,
    role: "region",
    "aria-label": `${title} as a table`,
  }, numbers.element);
  const drawTable = () => void (table.hidden || numbers.draw(rows()));
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
      drawTable();
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
  return { element, body, note: (text) => setText(noteElement, text), drawTable };
}

/**
 * Creates a table of a chart's numbers. Its rows are changed in place, so that readers do not lose
 * their place.
 */
function numbersTable(title: string, column: string) {
  const body = h("tbody");
  const element = h(
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
    body,
  );

  function draw(rows: readonly TableRow[]): void {
    const total = rows.reduce((sum, { selected }) => sum + selected, 0);
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach(({ label, selected, all }, at) => {
      const row = body.rows[at] ?? body.appendChild(emptyRow());
      const texts = [label, whole(selected), percent(selected, total), whole(all)];
      texts.forEach((text, cell) => setText(row.cells[cell]!, text));
    });
  }
  return { element, draw };
}

const emptyRow = () => h("tr", {}, h("th", { scope: "row" }), h("td"), h("td"), h("td"));
