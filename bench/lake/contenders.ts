/**
 * The programs that are measured, each in its own processes: the engines `native` and `wasm`, a
 * program that works like the original project (`peer`), and Spark over compacted lakes in a
 * folder.
 *
 * @module
 */
import { topicFolder } from "../../lake/store/layout.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { moduleOf, readNotebook } from "../../notebooks/tools/script.ts";
import { type Ended, runToEnd } from "../process.ts";
import { NOTEBOOK } from "./questions.ts";
import type { Timing } from "./run.ts";

/**
 * One run of one contender over one lake. If the contender uses several processes, `peakMiB` is the
 * peak of the one that used the most memory.
 */
export interface Run extends Timing {
  /** The time of the whole notebook in seconds, from the start of its process to its end. */
  seconds: number;
}

/** The reason why a run failed. */
export interface NoRun {
  readonly failed: string;
}

/** A program that answers the questions of the notebook. */
export interface Contender {
  readonly name: "native" | "wasm" | "peer" | "spark";
  /** True if it reads only the Iceberg table, and only in a folder. */
  readonly tableOnly: boolean;
  /**
   * Measures the program over the lake at `location`.
   *
   * @param env the settings of the object store
   */
  run(location: string, env: Record<string, string>): Promise<Run | NoRun>;
}

const ROOT = new URL("../../", import.meta.url);

interface Outcome extends Pick<Ended, "seconds" | "peakMiB" | "stdout"> {
  failed: string | null;
}

async function execute(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<Outcome> {
  const options = { args, env: { ...env, NO_COLOR: "1" }, cwd: ROOT };
  const { exitCode, stderr, ...ended } = await runToEnd(command, options, 20);
  return { ...ended, failed: exitCode === 0 ? null : reason(exitCode, stderr) };
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1)!;

function reason(code: number, stderr: string): string {
  if (/MemoryError|bad_alloc|[Oo]ut of [Mm]emory|Cannot allocate/.test(stderr) || code === 137) {
    return "out of memory";
  }
  const lines = stderr.trim().split("\n");
  const line = lines.find((text) => /^error:/.test(text)) ?? lines.at(-1) ?? `exit code ${code}`;
  return line.replace(/^error: (Uncaught (\(in promise\) )?)?/, "");
}

/** Runs a program that does everything in one process and prints the time of each step. */
async function inOneProcess(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<Run | NoRun> {
  const whole = await execute(command, args, env);
  if (whole.failed !== null) return { failed: whole.failed };
  const { steps, peakMiB } = JSON.parse(lastLine(whole.stdout)) as Timing;
  return { steps, peakMiB, seconds: whole.seconds };
}

/**
 * Creates the contender `native` or `wasm`. It runs the single questions first, and then the whole
 * notebook.
 */
function engine(name: "native" | "wasm", cells: string): Contender {
  const deno = ["run", "-A", "--no-check", "--config", new URL("deno.json", ROOT).pathname];
  return {
    name,
    tableOnly: false,
    async run(location, env) {
      const script = new URL("run.ts", import.meta.url).pathname;
      const asked = await execute(Deno.execPath(), [...deno, script, location, name], env);
      if (asked.failed !== null) return { failed: asked.failed };
      const whole = await execute(Deno.execPath(), [...deno, cells], {
        ...env,
        LAKE: location,
        DUCKDB_ENGINE: name,
      });
      if (whole.failed !== null) return { failed: whole.failed };
      const { steps, peakMiB } = JSON.parse(lastLine(asked.stdout)) as Timing;
      return { steps, seconds: whole.seconds, peakMiB: Math.max(peakMiB, whole.peakMiB) };
    },
  };
}

/**
 * Creates the contender `peer`: a Python program that reads the lake in the original project's way.
 * One process runs both the questions and the notebook. It reads the raw files, or the compacted
 * files if there are no raw ones.
 */
function peer(python: string): Contender {
  return {
    name: "peer",
    tableOnly: false,
    async run(location, env) {
      const store = openStore(location);
      const folder = topicFolder(TOOT_TOPIC);
      const raw = (await store.list(folder)).length > 0;
      const files = store.url(
        raw ? `${folder}partition=0/*` : `compacted/${TOOT_TOPIC}/data/*/*.parquet`,
      );
      return await inOneProcess(
        python,
        [
          "-W",
          "ignore",
          new URL("peer.py", import.meta.url).pathname,
          files,
          "config/languages.csv",
        ],
        { ...env, PEER_MEMORY: String(Math.round(0.75 * Deno.systemMemoryInfo().total)) },
      );
    },
  };
}

/**
 * Creates the contender `spark`: Spark on this machine alone, which reads the Iceberg table. `home`
 * is the folder in which `.ci/engines` has installed Spark.
 */
function spark(home: string): Contender {
  return {
    name: "spark",
    tableOnly: true,
    async run(location) {
      return await inOneProcess(
        `${home}/venv/bin/python`,
        [
          new URL("spark.py", import.meta.url).pathname,
          openStore(location).url(`compacted/${TOOT_TOPIC}`),
          "config/languages.csv",
        ],
        { ENGINE_JARS: `${home}/jars` },
      );
    },
  };
}

/**
 * Creates the requested contenders. The notebook's cells are written to `folder`. `python` returns
 * the Python of `peer`. `engines` is the folder of Spark; null if it is not installed.
 */
export async function contenders(
  wanted: readonly string[],
  folder: string,
  python: () => Promise<string>,
  engines: string | null,
): Promise<Contender[]> {
  const cells = `${folder}/cells.ts`;
  await Deno.writeTextFile(cells, moduleOf(await readNotebook(NOTEBOOK), NOTEBOOK));
  const all: Contender[] = [];
  for (const name of ["native", "wasm"] as const) {
    if (wanted.includes(name)) all.push(engine(name, cells));
  }
  if (wanted.includes("peer")) all.push(peer(await python()));
  if (wanted.includes("spark") && engines !== null) all.push(spark(engines));
  return all;
}
