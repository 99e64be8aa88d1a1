/**
 * The messages of the page if there is nothing to show: an empty lake, or a problem.
 *
 * @module
 */
import { byId, h } from "./dom.ts";

/** Says how to fill an empty lake. `location` is its location for `--lake`. */
export function showEmpty(location: string): void {
  document.body.classList.add("nothing");
  byId("charts").replaceChildren(
    h(
      "section",
      { class: "card empty", id: "empty" },
      h("h2", {}, "This lake contains no toots yet"),
      h(
        "p",
        {},
        `The explorer checks ${location} every few seconds; charts appear with the first toot.`,
      ),
      ...connectHint(location),
      h("p", {}, "Listen to a server:"),
      h("pre", {}, `deno task listen --baseURL https://fosstodon.org --lake ${location}`),
      h("p", {}, "Or simulate a week of Mastodon on this machine:"),
      h("pre", {}, "deno task demo --explore"),
    ),
  );
  byId("charts").setAttribute("aria-busy", "false");
}

/**
 * Returns a hint to check Kafka Connect if the lake is in an object store. Kafka Connect looks
 * healthy even if all tasks of its sink have failed.
 */
function connectHint(lake: string): HTMLElement[] {
  if (!lake.startsWith("s3://")) return [];
  return [
    h("p", {}, "If Kafka Connect writes this lake, check that the tasks of its sink are running:"),
    h("pre", {}, "deno task connect check"),
  ];
}

/** Shows or hides the notice that says why there are no charts yet. */
export function showWaiting(waiting: boolean): void {
  const element = byId("waiting");
  element.hidden = !waiting;
  element.textContent = waiting
    ? "The explorer reads this lake for the first time. The next start will be quick."
    : "";
}

/** Shows a problem in one line. Null hides the problem. */
export function showProblem(message: string | null): void {
  const element = byId("problem");
  element.hidden = message === null;
  element.textContent = message === null ? "" : `Something went wrong: ${message}`;
}
