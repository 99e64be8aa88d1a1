// deno-lint-ignore-file no-console
/**
 * `deno task report [FILE.html]`: the notebook over your lake, as an HTML page.
 *
 * @module
 */
import { join, relative } from "node:path";
import { Failure } from "../../common/failure.ts";
import { ensureEnvironment, type Environment } from "./environment.ts";
import { executeNotebook } from "./execute.ts";
import { runScript } from "./script.ts";
import { ROOT } from "../support/settings.ts";

/** The notebook of the report. */
export const NOTEBOOK = join(ROOT, "notebooks", "mastodon-analysis.ipynb");

/** Options of {@linkcode writeReport}. */
export interface ReportOptions {
  /** The path of the page, `….html`. */
  readonly output: string;
  /** The notebook's settings. They override the variables of this process. */
  readonly env?: Record<string, string>;
  /**
   * The Python environment of Jupyter. Default: `.venv`, which is created if necessary. If it
   * rejects with a `Failure`, the cells run as a script.
   */
  readonly environment?: Promise<Environment>;
  /** The destination of the cells' output if they run without Jupyter. */
  readonly stdout?: "inherit" | "null";
  readonly signal?: AbortSignal;
}

/**
 * Executes the notebook and writes it as a page. Without Python, its cells still run and save their
 * charts in the folder `CHARTS`.
 *
 * @returns the reason why there is no page; null if there is a page
 * @throws {Failure} if a cell throws
 */
export async function writeReport(
  { output, env = {}, environment = ensureEnvironment(), stdout = "inherit", signal }:
    ReportOptions,
): Promise<string | null> {
  const more = signal ? { signal } : {};
  let ready: Environment;
  try {
    ready = await environment;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    await runScript(NOTEBOOK, join(ROOT, "deno.json"), { env, stdout, ...more });
    return error.message;
  }
  await executeNotebook(ready, { notebook: NOTEBOOK, output, env, ...more });
  return null;
}

async function main([output = join(ROOT, "data", "mastodon-analysis.html")]: string[]) {
  const environment = ensureEnvironment({ say: (line) => console.error(line) });
  const missing = await writeReport({ output, environment });
  console.error(
    missing === null ? `Report: ${relative(Deno.cwd(), output)}` : `No page: ${missing}`,
  );
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
