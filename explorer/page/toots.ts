/**
 * The newest toots of the selection. Their texts are shown as plain text, never as HTML.
 *
 * @module
 */
import type { Selection } from "@uwdata/mosaic-core";
import { asc, column, desc, Query, sql } from "@uwdata/mosaic-sql";
import { h, setChildren } from "./dom.ts";
import { second } from "./format.ts";
import type { ServerSource, ShownToot } from "./source/source.ts";

/** The number of toots at first, and after `Show more`. */
const ROWS = [12, 48] as const;

/** Creates the list. Its `load` reads the toots of a selection. */
export function newestToots(server: ServerSource, texts: boolean) {
  let rows: number = ROWS[0];
  let turn = 0;
  let again = () => {};
  const list = h("ul", { class: "toots", tabindex: -1 });
  const none = h("li", { class: "silent" }, "No toot matches.");
  /**
   * The elements of the shown toots, by content. A toot that is still shown keeps its element, so
   * that the focus stays in it.
   */
  let made = new Map<string, HTMLElement>();
  const more = h("button", {
    class: "quiet more",
    type: "button",
    onclick: () => {
      rows = rows === ROWS[0] ? ROWS[1] : ROWS[0];
      more.textContent = rows === ROWS[0] ? "Show more" : "Show fewer";
      again();
    },
  }, "Show more");
  const element = h(
    "section",
    { class: "card", id: "toots", "aria-labelledby": "toots-title" },
    h(
      "header",
      {},
      h(
        "div",
        {},
        h("h2", { id: "toots-title" }, "Newest toots of the selection"),
        h(
          "p",
          { class: "note" },
          texts ? "as they are in the lake" : "texts are not shown (--no-text)",
        ),
      ),
    ),
    list,
    more,
  );

  async function load(selection: Selection, signal: AbortSignal): Promise<void> {
    again = () => void load(selection, signal).catch(() => {});
    const mine = ++turn;
    const query = Query.from("toot")
      .select({ toot: sql`${column("id")}` })
      .where(selection.predicate() ?? [])
      .orderby(desc("time"), asc("id"))
      .limit(rows);
    const table = await server.table(query, signal);
    const toots = await server.toots([...table.getChild("toot") ?? []] as string[], signal);
    if (mine !== turn) return; // `Show more` can be overtaken by a newer selection.
    more.hidden = toots.length < ROWS[0];
    made = new Map(toots.map((toot) => {
      const key = JSON.stringify(toot);
      return [key, made.get(key) ?? row(toot)];
    }));
    setChildren(list, made.size > 0 ? [...made.values()] : [none], list);
  }
  return { element, load };

  function row({ time, author, server, url, text, language, app, withheld, bot }: ShownToot) {
    const when = second(time);
    const words = withheld
      ? h("p", { class: "silent" }, "The author did not consent: counted, not shown.")
      : text !== null
      ? h("p", { dir: "auto" }, text || "(no text)")
      : null;
    return h(
      "li",
      {},
      h(
        "div",
        { class: "who" },
        h("b", {}, author ? `@${author}` : withheld ? "withheld" : server ?? "unknown"),
        bot ? h("span", {}, "bot") : null,
        language ? h("span", {}, language) : null,
        app ? h("span", {}, app) : null,
        url
          ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, when)
          : h("span", {}, when),
      ),
      words,
    );
  }
}
