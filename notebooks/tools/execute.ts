/**
 * Executes a notebook in Jupyter and writes it as a single HTML page that works offline.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../../common/failure.ts";
import type { Environment } from "./environment.ts";
import { ROOT } from "../support/settings.ts";

/** Options of {@linkcode executeNotebook}. */
export interface ExecuteOptions {
  notebook: string;
  /** The path of the page, `….html`. */
  output: string;
  /** Environment variables for the cells. They override those of this process. */
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/** The time in milliseconds that Python may take to end its kernel. */
const GRACE = 5_000;

/**
 * Executes every cell of a notebook and writes the page.
 *
 * @throws {Failure} if a cell throws, with the cell's message; then no page is written
 */
export async function executeNotebook(
  environment: Environment,
  { notebook, output, env = {}, signal }: ExecuteOptions,
): Promise<void> {
  signal?.throwIfAborted();
  await Deno.mkdir(dirname(resolve(output)), { recursive: true });
  const folder = join(ROOT, "notebooks", "tools");
  const child = new Deno.Command(environment.python, {
    args: [
      join(folder, "execute.py"),
      resolve(notebook),
      resolve(output),
      join(folder, "templates"),
    ],
    env: { ...environment.env, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  // On SIGTERM, Python also ends its kernel. SIGKILL would leave the kernel running.
  let grace: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    grace = setTimeout(() => child.kill("SIGKILL"), GRACE);
  };
  signal?.addEventListener("abort", stop);
  try {
    const { success, stderr } = await child.output();
    signal?.throwIfAborted();
    if (!success) throw new Failure(`${basename(notebook)}: ${lastLine(stderr)}`);
  } finally {
    clearTimeout(grace);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Returns the last line of a program's output, without colours and without the prefix `Failure: `.
 */
function lastLine(stderr: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  const plain = new TextDecoder().decode(stderr).replaceAll(/\x1b\[[0-9;]*m/g, "");
  const line = plain.split("\n").findLast((text) => text.trim() !== "");
  return line?.trim().replace(/^Failure: /, "") ?? "Jupyter failed without a message";
}
