/**
 * Reads the source files of the project and their imports, for `../house_test.ts`.
 *
 * @module
 */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Folders of {@linkcode ROOT} that contain no sources of this project. */
const SKIPPED = new Set(["data", ".venv", ".stack", ".git", "node_modules"]);

/** A file of the project. */
export interface SourceFile {
  /** The path relative to {@linkcode ROOT}, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Reads all files below `folder` whose names have this ending, in the order of their paths. */
export async function readSources(folder: string, ending = ".ts"): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  async function walk(at: string) {
    for await (const entry of Deno.readDir(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory) {
        if (!SKIPPED.has(relative(ROOT, path))) await walk(path);
      } else if (entry.name.endsWith(ending)) {
        const name = relative(ROOT, path).split(sep).join("/");
        files.push({ path: name, text: await Deno.readTextFile(path) });
      }
    }
  }
  const at = join(ROOT, folder);
  if (await Deno.stat(at).catch(() => null)) await walk(at);
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * Returns true if a file belongs to the product, which means that it is neither a test nor a helper
 * of tests.
 */
export function isProduct({ path }: SourceFile): boolean {
  return !/(^tests\/|_test\.ts$|\/testing\/)/.test(path);
}

/**
 * Returns the files that a module imports or re-exports, statically or not, relative to the root.
 */
export function importsOf({ path, text }: SourceFile): string[] {
  const statement =
    /^(?:import|export|\})(?:[^"'`\n]*\bfrom)?\s*"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;
  return [...text.matchAll(statement)].map(([, fixed, dynamic]) =>
    join(dirname(path), fixed ?? dynamic!).split(sep).join("/")
  );
}
