/**
 * Formats rows as a table: HTML for a page, and aligned text for a terminal.
 *
 * @module
 */
import { escapeHtml, visible } from "../../common/html.ts";
import { textWidth } from "./charts/label.ts";
import type { Cell } from "./sql.ts";

/** A table as HTML and as text. */
export interface Table {
  readonly html: string;
  readonly text: string;
}

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short" });

/** The names of columns whose numbers are shown without thousands separators. */
const IDENTIFIER = /(^|_)(id|offset|created_at)$/;

/** Formats a time as `2026-11-02 13:45:10`, and midnight as the day `2026-11-02 Mon`, in UTC. */
function time(value: Date): string {
  const iso = value.toISOString();
  return value.getTime() % 86_400_000 === 0
    ? `${iso.slice(0, 10)} ${weekday.format(value)}`
    : iso.slice(0, 19).replace("T", " ");
}

function written(value: Cell, column: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "bigint") {
    return IDENTIFIER.test(column) ? String(value) : number.format(value);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Date) return time(value);
  if (Array.isArray(value)) return value.map((item) => written(item, column)).join(", ");
  return visible(typeof value === "string" ? value : JSON.stringify(value));
}

/** Replaces line breaks with spaces, because a line break would split a row on the terminal. */
const oneLine = (text: string) => text.replace(/\s+/g, " ");

function aligned(rows: readonly string[][], right: readonly boolean[]): string {
  const width = (text: string) =>
    Math.round([...text].reduce((sum, c) => sum + (textWidth(c, 1) > 1 ? 2 : 1), 0));
  const widths = right.map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) =>
    row.map((text, column) => {
      const gap = " ".repeat(widths[column]! - width(text));
      return right[column] ? gap + text : text + gap;
    }).join("  ").trimEnd()
  ).join("\n");
}

/**
 * Formats rows as a table. The columns have the order of the query.
 *
 * @param caption what the table shows; screen readers read it first
 * @param limit the maximum number of rows to show; the table says how many more there are
 *
 * @example
 * ```ts
 * import { tableOf } from "./table.ts";
 *
 * const { html, text } = tableOf([{ app: "<b>Elk</b>", toots: 1234 }], "Apps");
 * if (!html.includes("<td>&lt;b&gt;Elk&lt;/b&gt;</td>")) throw new Error("text is escaped");
 * if (!text.includes("1,234")) throw new Error("thousands are set apart");
 * ```
 */
export function tableOf<R extends object>(rows: readonly R[], caption: string, limit = 40): Table {
  const [first] = rows as readonly Record<string, Cell>[];
  if (!first) {
    const nothing = `${caption}: no rows.`;
    return { html: `<p>${escapeHtml(nothing)}</p>`, text: nothing };
  }
  const columns = Object.keys(first);
  const shown = (rows as readonly Record<string, Cell>[]).slice(0, limit);
  const right = columns.map((column) =>
    shown.some((row) => ["number", "bigint"].includes(typeof row[column])) &&
    shown.every((row) => ["number", "bigint", "object"].includes(typeof row[column]))
  );
  const cells = shown.map((row) => columns.map((column) => written(row[column]!, column)));
  const heads = columns.map((column) => column.replaceAll("_", " "));
  const rest = rows.length > limit ? `and ${number.format(rows.length - limit)} more rows` : "";
  // Columns of numbers are aligned to the right. Times are not broken into several lines.
  const align = (column: number) =>
    right[column]
      ? ' style="text-align:right"'
      : shown.some((row) => row[columns[column]!] instanceof Date)
      ? ' style="white-space:nowrap"'
      : "";
  const html = [
    '<div style="overflow-x:auto"><table style="font-variant-numeric:tabular-nums">',
    `<caption style="text-align:left">${escapeHtml(caption)}${rest && `, ${rest}`}</caption>`,
    `<thead><tr>${
      heads.map((head, i) => `<th scope="col"${align(i)}>${escapeHtml(head)}</th>`).join("")
    }</tr></thead>`,
    "<tbody>",
    ...cells.map((row) =>
      `<tr>${row.map((text, i) => `<td${align(i)}>${escapeHtml(text)}</td>`).join("")}</tr>`
    ),
    "</tbody></table></div>",
  ].join("\n");
  const lines = aligned([heads, ...cells.map((row) => row.map(oneLine))], right);
  return { html, text: [caption, lines, rest].filter(Boolean).join("\n") };
}
