/**
 * Writes a static page: aggregates only, for any static host.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createViews, Failure, openLake } from "../../lake/mod.ts";
import style from "../page/style.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import html from "../page/index.html" with { type: "text" };
import type { About, Contents } from "../data/about.ts";
import { LENGTH_STEP, LISTED, tootColumnsSql } from "../data/columns.ts";
import { fill } from "../data/fill.ts";
import { bundle } from "../server/bundle.ts";
import { FEWEST_AUTHORS, pairsSql } from "./pairs-sql.ts";

/** What {@linkcode writeExport} is told. */
export interface ExportOptions {
  readonly location: string;
  readonly topic?: string | undefined;
  /** The lake's name, for the title. */
  readonly lakeName: string;
  /** The folder; it is made, and must be empty where it is there already. */
  readonly folder: string;
}

/** Bars of the time chart: with fewer, fewer counts are too small to be published. */
const SLOTS = 100;

/** The page fetches nothing from elsewhere, and runs no script that is not beside it. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * Writes the page and its data. Resolves with the number of counts that it holds.
 *
 * @throws {Failure} where the lake cannot be read, has too few authors, or the folder is in use
 */
export async function writeExport(options: ExportOptions): Promise<number> {
  const { location, topic, lakeName, folder } = options;
  await emptyFolder(folder);
  const script = bundle("../page/export-main.ts");
  script.catch(() => {}); // waited for below
  const temp = await Deno.makeTempDir({ prefix: "explorer-" });
  try {
    const source = join(temp, "toots.parquet");
    const lake = await openLake({ location, engine: "native" });
    try {
      await createViews(lake, topic === undefined ? {} : { topic });
      const described = await lake.query<{ column_name: string }>("describe mastodon_toot");
      const columns = new Set(described.map(({ column_name }) => column_name));
      await lake.exec(`copy (${tootColumnsSql(columns)}) to '${quoted(source)}' (format parquet)`);
    } finally {
      await lake.close();
    }
    const { contents, counts } = await writePairs(source, join(folder, "pairs.parquet"));
    const about: About = {
      lake: lakeName,
      location: "",
      version: 1,
      contents,
      live: { lastMinute: 0, lastHour: 0, lag: null, lastObserved: null, servers: [] },
      texts: false,
      lengthStep: LENGTH_STEP,
      exported: Date.now(),
    };
    const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
    await write("about.json", JSON.stringify(about));
    await write(
      "index.html",
      html.replace(
        '<meta charset="utf-8">',
        `$&\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
      ),
    );
    await write("style.css", style);
    await write("icon.svg", icon);
    await write("page.js", await script);
    await copyDuckDB(folder);
    return counts;
  } finally {
    await Deno.remove(temp, { recursive: true }).catch(() => {});
  }
}

async function writePairs(
  source: string,
  file: string,
): Promise<{ contents: Contents; counts: number }> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  try {
    await connection.run("set TimeZone = 'UTC'");
    const contents = await fill(connection, source, SLOTS);
    if (contents.authors < FEWEST_AUTHORS) {
      throw new Failure(
        `an export stands for at least ${FEWEST_AUTHORS} authors; this lake has ${contents.authors}`,
      );
    }
    await connection.run(`create table pairs as ${pairsSql()}`);
    await connection.run(
      `copy (select * from pairs) to '${quoted(file)}' (format parquet, compression zstd)`,
    );
    // Values that are nowhere published must not be named either.
    const values: Record<string, string[]> = Object.fromEntries(
      [...LISTED, "hashtag"].map((name) => [name, []]),
    );
    for (
      const [name, value] of await rows(
        "select a, value from pairs where b = 'all' order by n desc, value",
      )
    ) values[String(name)]?.push(String(value));
    const [[counts]] = await rows("select count(*) from pairs") as [[bigint]];
    const { start, step, slots } = contents.time;
    return {
      counts: Number(counts),
      contents: {
        ...contents,
        first: start,
        last: start + step * slots,
        values: values as unknown as Contents["values"],
      },
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** DuckDB for the browser, from its package. */
async function copyDuckDB(folder: string): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  const place = (file: string) => resolve(`@duckdb/duckdb-wasm/dist/${file}`);
  await Deno.copyFile(place("duckdb-eh.wasm"), join(folder, "duckdb.wasm"));
  const worker = await Deno.readTextFile(place("duckdb-browser-eh.worker.js"));
  // Its source map is not copied.
  await Deno.writeTextFile(
    join(folder, "duckdb-worker.js"),
    worker.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"),
  );
}

async function emptyFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const old = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) old.add(name);
  // An earlier export is replaced; anybody else's files stay.
  if (old.size > 0 && !(old.has("about.json") && old.has("pairs.parquet"))) {
    throw new Failure(`--export: '${folder}' holds other files; name an empty folder`, {
      exitCode: 2,
    });
  }
}

const quoted = (path: string) => path.replaceAll("'", "''");
