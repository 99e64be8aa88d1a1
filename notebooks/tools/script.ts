/**
 * Turns a notebook into a script: one module with its code cells in order. The script runs the same
 * cells without Jupyter. The script can also be type-checked; the kernel does not check types.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../../common/failure.ts";

/** A cell in the form of nbformat 4. */
export interface NotebookCell {
  cell_type: "code" | "markdown" | "raw";
  source: string | string[];
  outputs?: unknown[];
  execution_count?: number | null;
  metadata: Record<string, unknown>;
}

/** A notebook in the form of nbformat 4. */
export interface Notebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown>;
}

/** Returns the text of a cell. */
export function sourceOf(cell: NotebookCell): string {
  return Array.isArray(cell.source) ? cell.source.join("") : cell.source;
}

/**
 * Reads a notebook.
 *
 * @throws {Failure} if it does not exist or is not JSON
 */
export async function readNotebook(path: string): Promise<Notebook> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Notebook;
  } catch (cause) {
    throw new Failure(`Cannot read the notebook "${path}": ${(cause as Error).message}`, {
      exitCode: 2,
      cause,
    });
  }
}

/**
 * Writes a notebook's code cells as a module. Relative imports become absolute, so that the module
 * can be in any folder.
 */
export function moduleOf(notebook: Notebook, path: string): string {
  const base = pathToFileURL(`${dirname(resolve(path))}/`).href;
  const code = notebook.cells.filter((cell) => cell.cell_type === "code").map(sourceOf);
  return code.join("\n\n").replaceAll(
    /(\bfrom\s*|\bimport\s*\(?\s*)"(\.{1,2}\/[^"]*)"/g,
    (_, before: string, specifier: string) => `${before}"${new URL(specifier, base).href}"`,
  ) + "\n";
}

/** Options of {@linkcode runScript}. */
export interface ScriptOptions {
  /** Environment variables for the script. They override those of this process. */
  env?: Record<string, string>;
  /** The destination of the script's output. With `piped`, the output is returned. */
  stdout?: "inherit" | "null" | "piped";
  signal?: AbortSignal;
}

/**
 * Runs a notebook's cells without Jupyter.
 *
 * @param config the `deno.json` that resolves the imports of the cells
 * @returns the output of the script, if it is piped
 * @throws {Failure} if a cell throws, with the cell's message
 */
export async function runScript(
  path: string,
  config: string,
  { env = {}, stdout = "inherit", signal }: ScriptOptions = {},
): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "notebook-" });
  try {
    const module = `${folder}/cells.ts`;
    await Deno.writeTextFile(module, moduleOf(await readNotebook(path), path));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", config, module],
      env,
      stdin: "null",
      stdout,
      stderr: "piped",
      ...(signal ? { signal } : {}),
    });
    const output = await child.output();
    if (!output.success) {
      throw new Failure(`${basename(path)}: ${thrownBy(new TextDecoder().decode(output.stderr))}`);
    }
    return stdout === "piped" ? new TextDecoder().decode(output.stdout) : "";
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Returns the first line of an uncaught error, without colours. */
function thrownBy(stderr: string): string {
  // deno-lint-ignore no-control-regex
  const lines = stderr.replaceAll(/\x1b\[[0-9;]*m/g, "").split("\n").filter(Boolean);
  const line = lines.find((text) => text.startsWith("error:")) ?? lines.at(-1) ?? "no reason given";
  return line.replace(/^error: (Uncaught (\(in promise\) )?)?(Failure: )?/, "");
}
