/**
 * Executes a notebook in Jupyter and writes it down as one page of HTML that
 * needs nothing from the net.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../lake/failure.ts";
import type { Environment } from "./environment.ts";
import { ROOT } from "./support/settings.ts";

/** What to execute, and where the page goes. */
export interface ExecuteOptions {
  notebook: string;
  /** The page, `….html`. */
  output: string;
  /** Environment variables for the cells, over those of this process. */
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Executes every cell of a notebook and writes the page.
 *
 * @throws {Failure} where a cell throws, with what it said; the page is not written then
 */
export async function executeNotebook(
  environment: Environment,
  { notebook, output, env = {}, signal }: ExecuteOptions,
): Promise<void> {
  const folder = dirname(resolve(output));
  await Deno.mkdir(folder, { recursive: true });
  const args = [
    ...["-m", "nbconvert", "--execute", "--to", "html"],
    ...["--template", "report"],
    `--TemplateExporter.extra_template_basedirs=${join(ROOT, "notebooks", "templates")}`,
    "--ExecutePreprocessor.kernel_name=deno",
    // A question to a large lake may take its time.
    "--ExecutePreprocessor.timeout=-1",
    "--ExecutePreprocessor.startup_timeout=120",
    // Asked politely, a kernel that is busy would not go, and nbconvert would wait for it.
    "--ExecutePreprocessor.shutdown_kernel=immediate",
    ...["--output-dir", folder, "--output", basename(output)],
    resolve(notebook),
  ];
  const child = new Deno.Command(environment.python, {
    args,
    env: { ...environment.env, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  // On SIGTERM nbconvert ends its kernel too, which a harder signal might leave running.
  let grace: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    grace = setTimeout(() => child.kill("SIGKILL"), 5_000);
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  try {
    const { success, stderr } = await child.output();
    signal?.throwIfAborted();
    if (!success) {
      const said = cellError(new TextDecoder().decode(stderr)).replace(/^Failure: /, "");
      throw new Failure(`${basename(notebook)}: ${said}`);
    }
  } finally {
    clearTimeout(grace);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * What a cell threw, out of all that nbconvert says about it.
 *
 * @example
 * ```ts
 * import { cellError } from "./execute.ts";
 *
 * const stderr = "An error occurred while executing the following cell:\n------------------\n" +
 *   "f()\n------------------\n\n\nFailure: no lake\n    at <anonymous>:1:28\n";
 * if (cellError(stderr) !== "Failure: no lake") throw new Error();
 * ```
 */
export function cellError(stderr: string): string {
  // deno-lint-ignore no-control-regex
  const plain = stderr.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const report = plain.slice(plain.lastIndexOf("------------------\n") + 19);
  const lines = report.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /^[A-Z]\w*: /.test(line)) ?? lines.at(-1) ?? "nbconvert failed";
}
