/**
 * Shows the parts of a notebook: a chart, a table, a sentence, a statement.
 *
 * @module
 */
import { join } from "node:path";
import { escapeHtml, visible } from "../../common/html.ts";
import type { Chart } from "./charts/frame.ts";
import { type Output, output as standard } from "./output.ts";
import { tableOf } from "./table.ts";

/** The functions that a notebook's cells call. */
export interface Show {
  /** Shows a chart with its finding below. If a folder is set, the chart is also saved. */
  chart(chart: Chart): Promise<void>;
  /** Shows rows as a table with a caption. */
  table(rows: readonly object[], caption: string): Promise<void>;
  /** Shows a sentence. */
  say(sentence: string): Promise<void>;
  /** Shows SQL in a collapsed section with a title. */
  sql(what: string, statements: string): Promise<void>;
}

/**
 * Creates the functions that show the parts of a notebook.
 *
 * @param folder the folder in which charts are saved as `<name>.svg`; null to save none
 */
export function showing(folder: string | null, output: Output = standard): Show {
  // A kernel passes texts to a page or a terminal as they are, so all forms are made safe here.
  const show: Output = ({ "text/plain": text, ...others }) =>
    output({
      ...Object.fromEntries(Object.entries(others).map(([type, form]) => [type, visible(form)])),
      "text/plain": visible(text),
    });
  return {
    async chart({ name, title, finding, svg }) {
      if (folder !== null) {
        await Deno.mkdir(folder, { recursive: true });
        await Deno.writeTextFile(join(folder, `${name}.svg`), `${svg}\n`);
      }
      // The SVG is part of the page, so that the chart follows the theme of the page.
      await show({
        "text/html":
          `<figure style="margin:0">${svg}<figcaption>${escapeHtml(finding)}</figcaption>` +
          "</figure>",
        "image/svg+xml": svg,
        "text/plain": `${title}\n${finding}`,
      });
    },
    async table(rows, caption) {
      const { html, text } = tableOf(rows, caption);
      await show({ "text/html": html, "text/plain": text });
    },
    async say(sentence) {
      await show({ "text/html": `<p>${escapeHtml(sentence)}</p>`, "text/plain": sentence });
    },
    async sql(what, statements) {
      await show({
        "text/html": `<details><summary>${escapeHtml(what)}</summary><pre><code>` +
          `${escapeHtml(statements)}</code></pre></details>`,
        "text/plain": `${what}\n${statements}`,
      });
    },
  };
}
