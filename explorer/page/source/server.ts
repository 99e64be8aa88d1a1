/**
 * The data of a page that a server stands behind.
 *
 * @module
 */
import type { Connector } from "@uwdata/mosaic-core";
import { column, count, Query } from "@uwdata/mosaic-sql";
import type { About, ShownToot, Source } from "./source.ts";

async function ask(path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(
      path,
      body === undefined ? {} : {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      },
    );
  } catch {
    throw new Error("the explorer does not answer; is `deno task explore` still running?");
  }
  if (!response.ok) throw new Error((await response.text()).trim());
  return response;
}

const connector = {
  async query(request: { type: string; sql: string }) {
    const response = await ask("query", request);
    return request.type === "exec" ? undefined : await response.arrayBuffer();
  },
} as Connector;

/** Asks the server that the page came from. */
export function serverSource(): Source {
  return {
    connector,
    about: async () => await (await ask("about")).json() as About,
    counts(by, filter) {
      const query = Query.from(by === "hashtag" ? "toot_tag" : "toot");
      if (by !== null) query.select({ value: column(by) }).groupby(column(by));
      return query.select({ n: count() }).where(filter ?? []);
    },
    field: (name) => column(name),
    oneFilter: false,
    server: {
      toots: async (ids) => await (await ask("toots", { ids })).json() as ShownToot[],
      word: async (word) => (await (await ask("word", { word })).json()).toots as number,
      updates(about, problem) {
        const events = new EventSource("updates");
        events.addEventListener("about", ({ data }) => about(JSON.parse(data)));
        events.addEventListener("problem", ({ data }) => problem(JSON.parse(data)));
        events.addEventListener(
          "error",
          () => problem("the explorer does not answer; is `deno task explore` still running?"),
        );
      },
    },
  };
}
