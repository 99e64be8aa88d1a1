/**
 * `deno task bench:lake` measures how long the notebook takes over a lake of many small files, over
 * a lake of one file, and over compacted lakes. It measures the engines `native` and `wasm`, the
 * method of the original project in Python, and Spark over compacted lakes in a folder. Every
 * measurement has its own process, the contenders take turns, and the medians are reported.
 *
 * Usage: `deno task bench:lake [--files 2000] [--rows 10000000] [--runs 5] [--contenders
 * native,wasm,peer,spark] [--s3 s3://mastodon/bench] [--out bench] [--fresh]`
 *
 * `--files` is the number of small files of 100 toots each, in a folder and, if an object
 * store answers, in a bucket. `--rows` is the number of toots of the large lake in a folder, 0
 * for none. The lakes are kept in `data/bench/lake` and used again. `--fresh` makes them
 * again, which is necessary after a change of the writer or of compaction. The results go to
 * `--out`: a section of `README.md` and its charts.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { processEnv } from "../common/env.ts";
import { compact } from "../lake/table/compact.ts";
import { openStore } from "../lake/store/open-store.ts";
import type { Chart } from "../notebooks/support/charts/frame.ts";
import { type Bar, bars } from "./lake/charts.ts";
import { type Contender, contenders, type NoRun, type Run } from "./lake/contenders.ts";
import { figureOf, type Measured, QUESTIONS } from "./lake/figures.ts";
import { removeLake, writeLake, writeLargeLake } from "./lake/layouts.ts";
import { largestOf, report } from "./lake/report.ts";
import { withSection } from "./lake/section.ts";
import { sizeOf } from "./lake/size.ts";
import { type Heard, heardToots } from "./lake/toots.ts";
import { findEngines } from "../tests/engines/engines.ts";
import { machine } from "./process.ts";
import { benchOptions, wholeFlag } from "./options.ts";
import { peerPython } from "./venv.ts";

const values = benchOptions({
  options: {
    files: { type: "string", default: "2000" },
    rows: { type: "string", default: "10000000" },
    runs: { type: "string", default: "5" },
    contenders: { type: "string" },
    s3: { type: "string" },
    out: { type: "string" },
    fresh: { type: "boolean", default: false },
  },
});
const { contenders: wanted = "native,wasm,peer,spark", out = "bench" } = values;
const s3 = values.s3 ?? `s3://${Deno.env.get("MINIO_BUCKET") ?? "mastodon"}/bench`;
const ROOT = new URL("../", import.meta.url).pathname;
const folder = `${ROOT}data/bench/lake`;
const runs = wholeFlag("runs", values.runs, 1);
const files = wholeFlag("files", values.files);
const large = wholeFlag("rows", values.rows);
/** The number of toots in a small file, and in a file of the large lake before compaction. */
const SMALL = 100, LISTENED = 20_480;
const said = (n: number) => n.toLocaleString("en");

/** A lake to measure, with the settings to create it. */
interface Plan {
  readonly layout: string;
  readonly place: "folder" | "s3://";
  readonly location: string;
  readonly toots: number;
  /** The toots per file before compaction. */
  readonly rows: number;
  readonly compacted: boolean;
}

function plans(place: Plan["place"], base: string): Plan[] {
  const toots = files * SMALL;
  const plan = (layout: string, name: string, rows: number, compacted = false): Plan => {
    return { layout, place, location: `${base}/${name}-${toots}`, toots, rows, compacted };
  };
  return toots === 0 ? [] : [
    plan(`${said(toots / SMALL)} files`, "small", SMALL),
    plan("one file", "one", toots),
    plan("compacted", "compacted", SMALL, true),
  ];
}

/** The generated records are cached, because they are written into six small lakes. */
let remembered: { toots: number; heard: Heard[] } | null = null;

function heardOf(toots: number): Iterable<Heard> {
  if (remembered?.toots !== toots) remembered = { toots, heard: [...heardToots({ toots })] };
  return remembered.heard;
}

/** Creates a lake, unless an earlier run has created it. */
async function make({ location, toots, rows, compacted, layout, place }: Plan): Promise<void> {
  const store = openStore(location);
  const made = JSON.stringify({ toots, rows, compacted, seed: 1 });
  if (!values.fresh && (await store.readText("bench.json"))?.text === made) return;
  await removeLake(location);
  const progress = (line: string) => console.error(`${place} ${layout}: ${line}`);
  if (toots > 1_000_000) await writeLargeLake(location, toots, rows, progress);
  else await writeLake(location, heardOf(toots), rows);
  if (compacted) await compact({ location, memory: "4GB", progress });
  await store.writeText("bench.json", made, null);
}

/** Returns true if a contender can read a lake. */
const asks = ({ tableOnly }: Contender, { place, compacted }: Plan) =>
  !tableOnly || (compacted && place === "folder");

/** Measures every contender over some lakes. The contenders take turns. */
async function measureAll(lakes: readonly Plan[], who: readonly Contender[]): Promise<Measured[]> {
  const results = new Map<string, (Run | NoRun)[]>();
  const key = (plan: Plan, contender: Contender) => `${plan.location} ${contender.name}`;
  for (let turn = 1; turn <= runs; turn++) {
    for (const plan of lakes) {
      for (const contender of who.filter((one) => asks(one, plan))) {
        const so = results.get(key(plan, contender)) ?? [];
        results.set(key(plan, contender), so);
        if (so.some((run) => "failed" in run)) continue;
        const run = await contender.run(plan.location, store);
        so.push(run);
        const took = "failed" in run ? run.failed : `${run.seconds.toFixed(2)} s`;
        console.error(`run ${turn}, ${plan.place} ${plan.layout}, ${contender.name}: ${took}`);
      }
    }
  }
  return await Promise.all(lakes.map(async (plan) => ({
    layout: plan.layout,
    place: plan.place,
    size: await sizeOf(plan.location),
    figures: Object.fromEntries(
      who.filter((one) => asks(one, plan))
        .map((contender) => [contender.name, figureOf(results.get(key(plan, contender))!)]),
    ),
  })));
}

/** Returns the bars of a chart: one figure of each contender, in groups. */
function barsOf(
  groups: readonly { group: string; figures: Measured["figures"] }[],
  seconds: (figure: Exclude<ReturnType<typeof figureOf>, NoRun>) => number | undefined,
): Bar[] {
  return groups.flatMap(({ group, figures }) =>
    Object.entries(figures).flatMap(([contender, figure]): Bar[] => {
      if ("failed" in figure) return [{ group, contender, seconds: null, failed: figure.failed }];
      const value = seconds(figure);
      return value === undefined ? [] : [{ group, contender, seconds: value }];
    })
  );
}

function charts(measured: readonly Measured[]): Chart[] {
  const largest = largestOf(measured);
  // The large lake is left out, because the bars of the other lakes would be too short beside it.
  const rest = large > 0 ? measured.filter((one) => one !== largest) : measured;
  const alike = rest.length > 0 ? rest : measured;
  return [
    bars(
      {
        name: "lake-notebook",
        title: `How long does the notebook take over ${said(alike[0]!.size.rows)} toots?`,
        what: "From the start of the process to the end",
      },
      barsOf(
        alike.map(({ place, layout, figures }) => ({ group: `${place}, ${layout}`, figures })),
        ({ seconds }) => seconds,
      ),
    ),
    bars(
      {
        name: "lake-questions",
        title: `How long does each question take over ${said(largest.size.rows)} toots?`,
        what: `In a ${largest.place}, ${largest.layout}`,
      },
      Object.entries(QUESTIONS).flatMap(([name, group]) =>
        barsOf([{ group, figures: largest.figures }], ({ questions }) => {
          const ms = questions[name];
          return ms === undefined ? undefined : ms / 1000;
        })
      ),
    ),
  ];
}

/**
 * Finds DuckDB's httpfs extension in the stack's folder. Sets `DUCKDB_HTTPFS` in this process, and
 * returns it for child processes.
 */
async function findStore(): Promise<Record<string, string>> {
  if (Deno.env.get("DUCKDB_HTTPFS")) return {};
  for await (const { name } of Deno.readDir(`${ROOT}.stack`)) {
    const file = `${ROOT}.stack/${name}/httpfs.duckdb_extension`;
    if (!name.startsWith("httpfs-") || !(await Deno.stat(file).catch(() => null))) continue;
    Deno.env.set("DUCKDB_HTTPFS", file);
    return { DUCKDB_HTTPFS: file };
  }
  return {};
}

await Deno.mkdir(folder, { recursive: true });
const store: Record<string, string> = await findStore().catch(() => ({}));
const lakes = plans("folder", folder);
await openStore(s3).list("").then(
  () => lakes.push(...plans("s3://", s3)),
  (error: Error) => console.error(`without s3://: ${error.message}`),
);
if (large > 0) {
  lakes.push({
    layout: `${said(large)} toots, compacted`,
    place: "folder",
    location: `${folder}/large-${large}`,
    toots: large,
    rows: LISTENED,
    compacted: true,
  });
}

console.error(machine());
const engines = await findEngines(processEnv);
if (engines === null) console.error("without Spark: `.ci/engines` installs it");
const who = await contenders(
  wanted.split(","),
  folder,
  () => peerPython("lake-venv", new URL("lake/requirements.txt", import.meta.url), console.error),
  engines,
);
for (const plan of lakes) await make(plan);
remembered = null;
const measured = await measureAll(lakes, who);

const drawn = charts(measured);
for (const { name, svg } of drawn) {
  await Deno.writeTextFile(`${out}/${name}.svg`, `${svg}\n`);
}
const versions = (await Deno.readTextFile(new URL("lake/requirements.txt", import.meta.url)))
  .split("\n").filter((line) => /==/.test(line)).join(", ").replaceAll("==", " ");
const text = report(measured, {
  on: machine(),
  date: new Date().toISOString().slice(0, 10),
  versions: `DuckDB 1.5.5 (native), 0.9.1 (wasm); peer: ${versions}` +
    (engines === null ? "" : "; Spark 4.1.4 with Iceberg 1.12.0"),
  runs,
}, drawn);
const readme = `${out}/README.md`;
const before = await Deno.readTextFile(readme).catch(() => "");
await Deno.writeTextFile(readme, withSection(before, text));
await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", readme] }).output();
console.log(text);
