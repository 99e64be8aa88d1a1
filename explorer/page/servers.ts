/**
 * Shows which servers are covered now, and which are not.
 *
 * @module
 */
import { byId, h } from "./dom.ts";
import { moment } from "./format.ts";
import type { About } from "./source/source.ts";

/** Creates the card. It is hidden while the lake has no coverage records. */
export function serversCard(): HTMLElement {
  return h(
    "section",
    { class: "card", id: "coverage", "aria-labelledby": "coverage-title", hidden: true },
    h("header", {}, h("h2", { id: "coverage-title" }, "Servers we listen to")),
    h("ul", { class: "servers" }),
  );
}

/** Updates the card. */
export function drawServers({ live: { servers } }: About): void {
  const card = byId("coverage");
  card.hidden = servers.length === 0;
  card.querySelector("ul")!.replaceChildren(
    ...servers.map(({ server, timeline, covered, until, cause }) =>
      h(
        "li",
        { class: covered ? null : "lost" },
        `${server} `,
        h(
          "small",
          {},
          covered ? `${timeline}, covered` : `${timeline}, not covered since ${moment(until)} UTC`,
          cause ? `, ${cause}` : null,
        ),
      )
    ),
  );
}
