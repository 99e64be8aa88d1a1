/**
 * Writes a static page with aggregates only, for any static host.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { Failure } from "../../lake/mod.ts";
import { quote } from "../../lake/engine/sql.ts";
import style from "../page/style.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import html from "../page/index.html" with { type: "text" };
import type { About, Contents, Counted } from "../data/about.ts";
import { LENGTH_STEP, LISTED } from "../data/columns.ts";
import type { Limits } from "../data/limits.ts";
import { openSnapshots, type Snapshots } from "../data/snapshot.ts";
import { bundle } from "../server/bundle.ts";
import { FEWEST_AUTHORS } from "./cell.ts";
import { writeCounted } from "./counted.ts";
import { pairsSql } from "./pairs-sql.ts";

/** Options of {@linkcode writeExport}. */
export interface ExportOptions {
  readonly location: string;
  readonly topic?: string | undefined;
  /** The lake's name, for the title. */
  readonly lakeName: string;
  readonly limits?: Limits;
  /** The folder for the page. If it exists, it must be empty or contain an earlier export. */
  readonly folder: string;
}

/**
 * The maximum number of bars of the time chart. With fewer bars, more counts are large enough to be
 * published.
 */
const SLOTS = 100;

/** The dimensions whose values are numbers. */
const NUMBERED = ["slot", "week_hour", "length_bin"];

/** The content security policy. It lets the page load scripts and data only from its own host. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * Writes the page and its data. Resolves with the number of published counts.
 *
 * @throws {Failure} if the lake cannot be read or has too few authors, or if the folder contains
 * other files
 */
export async function writeExport(options: ExportOptions): Promise<number> {
  const { location, topic, lakeName, folder, limits = {} } = options;
  await emptyFolder(folder);
  const script = bundle("../page/export-main.ts");
  script.catch(() => {}); // The promise is awaited below.
  const snapshots = await openSnapshots({ location, topic, limits, slots: SLOTS });
  try {
    const { contents, counts, rows } = await writePairs(snapshots, join(folder, "pairs.parquet"));
    const about: About = {
      lake: lakeName,
      location: "",
      version: 1,
      contents,
      counts,
      live: { lastMinute: 0, lastHour: 0, lag: null, lastObserved: null, servers: [] },
      texts: false,
      lengthStep: LENGTH_STEP,
      exported: Date.now(),
    };
    const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
    await write("about.json", JSON.stringify(about));
    await write(
      "index.html",
      html.replace('href="about"', 'href="about.json"').replace(
        '<meta charset="utf-8">',
        `$&\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
      ).replace("<body>", '<body class="exported">'),
    );
    await write("style.css", style);
    await write("icon.svg", icon);
    await write("page.js", await script);
    await copyDuckDB(folder);
    return rows;
  } finally {
    await snapshots.close();
  }
}

async function writePairs(
  { current: { contents }, database, folder }: Snapshots,
  file: string,
): Promise<Pick<About, "contents" | "counts"> & { rows: number }> {
  if (contents.authors < FEWEST_AUTHORS) {
    throw new Failure(
      `an export needs at least ${FEWEST_AUTHORS} authors; this lake has ${contents.authors}`,
    );
  }
  const labels = Object.entries(contents.values).flatMap(([name, values]) =>
    values.map((value, code) => `(${[name, String(code), value].map(quote).join(", ")})`)
  );
  await database.own(
    `create table label as from (values ${labels.join(", ")}) as t(name, code, value)`,
  );
  const { withheld, bots } = await writeCounted(database);
  await database.own(`create table pairs as ${pairsSql()}`);
  const written = join(folder, "pairs.parquet");
  await database.own(
    `copy (from pairs) to ${quote(written)} (format parquet, compression zstd)`,
  );
  await Deno.copyFile(written, file);
  // The page must not even name values without a published count.
  const names = ["slot", "week_hour", "length_bin", ...LISTED, "hashtag"];
  const counts: Record<string, Counted[]> = Object.fromEntries(names.map((name) => [name, []]));
  const reader = await database.own(
    "select a, value, n from pairs where b = 'all' order by n desc, value",
  );
  for (const [name, value, n] of reader.getRows()) {
    const text = String(value);
    counts[String(name)]?.push([NUMBERED.includes(String(name)) ? Number(text) : text, Number(n)]);
  }
  const rows = await database.own("select count(*) from pairs");
  const { start, step, slots } = contents.time;
  return {
    rows: Number(rows.getRows()[0]![0]),
    counts,
    contents: {
      ...contents,
      withheld,
      bots,
      first: start,
      last: start + step * slots,
      values: Object.fromEntries(
        [...LISTED, "hashtag"].map((name) => [name, counts[name]!.map(([value]) => value)]),
      ) as unknown as Contents["values"],
    },
  };
}

/** Copies DuckDB for the browser from its package. */
async function copyDuckDB(folder: string): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  const place = (file: string) => resolve(`@duckdb/duckdb-wasm/dist/${file}`);
  await Deno.copyFile(place("duckdb-eh.wasm"), join(folder, "duckdb.wasm"));
  const worker = await Deno.readTextFile(place("duckdb-browser-eh.worker.js"));
  // The copy must not refer to the worker's source map, which is not copied.
  await Deno.writeTextFile(
    join(folder, "duckdb-worker.js"),
    worker.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"),
  );
}

async function emptyFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const old = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) old.add(name);
  // An earlier export is replaced, but other files must not be overwritten.
  if (old.size > 0 && !(old.has("about.json") && old.has("pairs.parquet"))) {
    throw new Failure(`--export: '${folder}' contains other files; name an empty folder`, {
      exitCode: 2,
    });
  }
}
