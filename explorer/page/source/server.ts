/**
 * The data of a page that a server stands behind.
 *
 * @module
 */
import type { Connector } from "@uwdata/mosaic-core";
import { column, count, Query } from "@uwdata/mosaic-sql";
import { splitAnswers } from "../../data/answers.ts";
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

let waiting: { sql: string; done: PromiseWithResolvers<Uint8Array> }[] = [];

/** Asks several statements with one request. */
function together(sql: string): Promise<Uint8Array> {
  const done = Promise.withResolvers<Uint8Array>();
  if (waiting.push({ sql, done }) === 1) setTimeout(send, 0);
  return done.promise;
}

async function send(): Promise<void> {
  const asked = waiting;
  waiting = [];
  try {
    const response = await ask("queries", { sqls: asked.map(({ sql }) => sql) });
    const parts = splitAnswers(await response.arrayBuffer());
    asked.forEach(({ done }, at) => {
      const part = parts[at]!;
      if (typeof part === "string") done.reject(new Error(part));
      else done.resolve(part);
    });
  } catch (error) {
    asked.forEach(({ done }) => done.reject(error));
  }
}

const connector = {
  async query(request: { type: string; sql: string }) {
    // A move of a brush asks one such question for each chart: they travel together.
    if (request.type === "arrow" && request.sql.includes('"mosaic"."preagg_')) {
      return await together(request.sql);
    }
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
