/**
 * The data of a live page, which come from the server.
 *
 * @module
 */
import { type Connector, decodeIPC } from "@uwdata/mosaic-core";
import { column, count, Query } from "@uwdata/mosaic-sql";
import { splitAnswers } from "../../data/answers.ts";
import type { About, ShownToot, Source, Table } from "./source.ts";

/**
 * Sends a request and reads the whole answer. If the server stops, even in the middle of the
 * answer, the error says so.
 */
async function ask(path: string, body?: unknown, signal?: AbortSignal): Promise<ArrayBuffer> {
  let response: Response, answer: ArrayBuffer;
  try {
    response = await fetch(
      path,
      body === undefined ? {} : {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: signal ?? null,
      },
    );
    answer = await response.arrayBuffer();
  } catch {
    signal?.throwIfAborted();
    throw new Error("the explorer does not answer; is `deno task explore` still running?");
  }
  if (!response.ok) throw new Error(textOf(answer).trim());
  return answer;
}

const textOf = (answer: ArrayBuffer) => new TextDecoder().decode(answer);

interface Waiting {
  readonly sql: string;
  readonly done: PromiseWithResolvers<Uint8Array>;
}

let cubes: string[] = [];
let waiting: Waiting[] = [];
let planned = false;

/** Schedules one request for all queries that are waiting when it is sent. */
function plan(): void {
  if (!planned) setTimeout(send, 0);
  planned = true;
}

async function send(): Promise<void> {
  const asked = waiting, wanted = cubes;
  [waiting, cubes, planned] = [[], [], false];
  try {
    const answer = await ask("queries", { cubes: wanted, sqls: asked.map(({ sql }) => sql) });
    const parts = splitAnswers(answer).slice(wanted.length);
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
  // deno-lint-ignore require-await -- Mosaic's type declares a promise
  async query({ type, sql }: { type: string; sql: string }) {
    plan();
    if (type === "exec") {
      // The server creates a table of counts, and the page does not wait for it. If that fails, the
      // queries of the table fail too, and Mosaic then queries without the table.
      cubes.push(sql);
      return undefined;
    }
    const done = Promise.withResolvers<Uint8Array>();
    waiting.push({ sql, done });
    return done.promise;
  },
} as Connector;

/** Creates the source that queries the page's server. */
export function serverSource(): Source {
  let values: Readonly<Record<string, readonly string[]>> = {};
  return {
    connector,
    about: async () => JSON.parse(textOf(await ask("about"))) as About,
    counts(by, filter) {
      const query = Query.from(by === "hashtag" ? "toot_tag" : "toot");
      // Without this `groupby`, Mosaic would group by both the column and its alias, which takes
      // three times as long.
      if (by !== null) query.select({ value: column(by) }).groupby(column("value"));
      return query.select({ n: count() }).where(filter ?? []);
    },
    encode(name, label) {
      const code = values[name]?.indexOf(label) ?? -1;
      return code < 0 ? undefined : code;
    },
    decode: (name, value) => values[name]?.[value as number] ?? value as number,
    know: ({ contents }) => void (values = contents.values),
    field: (name) => column(name),
    oneFilter: false,
    server: {
      async table(query, signal) {
        const [part] = splitAnswers(await ask("queries", { sqls: [String(query)] }, signal));
        if (typeof part === "string") throw new Error(part);
        return decodeIPC(part!) as unknown as Table;
      },
      async toots(ids, signal) {
        return JSON.parse(textOf(await ask("toots", { ids }, signal))) as ShownToot[];
      },
      word: async (word) => JSON.parse(textOf(await ask("word", { word }))).toots as number,
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
