/**
 * Executes a notebook in Jupyter and writes it as one page of HTML that works
 * offline.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../../common/failure.ts";
import type { Environment } from "./environment.ts";
import { ROOT } from "../support/settings.ts";

/** What to execute, and where the page goes. */
export interface ExecuteOptions {
  notebook: string;
  /** The page, `….html`. */
  output: string;
  /** Environment variables for the cells, over those of this process. */
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/** Milliseconds for Python to end its kernel. */
const GRACE = 5_000;

/**
 * Executes every cell of a notebook and writes the page.
 *
 * @throws {Failure} if a cell throws, with its message; the page is not written then
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
  // On SIGTERM it also ends its kernel, which SIGKILL would leave running.
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

/** The last line of a program, without colours and without the name of our error class. */
function lastLine(stderr: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  const plain = new TextDecoder().decode(stderr).replaceAll(/\x1b\[[0-9;]*m/g, "");
  const line = plain.split("\n").findLast((text) => text.trim() !== "");
  return line?.trim().replace(/^Failure: /, "") ?? "Jupyter failed without a message";
}
