/**
 * The page's script. Deno bundles its TypeScript when the server starts, so that users need no
 * build step.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomically } from "../../common/files.ts";
import { Failure } from "../../lake/mod.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The sources of the scripts, relative to this file. A folder stands for all files in it. */
const SOURCES = ["../page", "../data", "../export/pairs-sql.ts", "../../deno.lock"];

/**
 * Bundles a script for browsers. With `cache`, the script is kept in a folder until a source
 * changes.
 *
 * @param entry the path relative to this file, such as `../page/main.ts`
 * @throws {Failure} if Deno cannot bundle it
 */
export async function bundle(entry: string, cache: string | null = null): Promise<string> {
  if (cache === null) return await bundleAnew(entry);
  const prefix = `${basename(entry, ".ts")}-`;
  const name = `${prefix}${await fingerprint()}.js`;
  const kept = await Deno.readTextFile(join(cache, name)).catch(() => null);
  if (kept !== null) return kept;
  const script = await bundleAnew(entry);
  // If the script cannot be kept, only the next start is slower.
  await keep(cache, prefix, name, script).catch(() => {});
  return script;
}

async function keep(cache: string, prefix: string, name: string, script: string): Promise<void> {
  await Deno.mkdir(cache, { recursive: true, mode: 0o700 });
  await writeFileAtomically(join(cache, name), script);
  for await (const { name: other } of Deno.readDir(cache)) {
    if (other !== name && other.startsWith(prefix) && other.endsWith(".js")) {
      await Deno.remove(join(cache, other));
    }
  }
}

/** Returns a text that changes if a source or the version of Deno changes. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(Deno.version.deno);
  for (const source of SOURCES) {
    for (const file of await filesIn(path(source))) hash.update(await Deno.readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(place: string): Promise<string[]> {
  if ((await Deno.stat(place)).isFile) return [place];
  const entries = (await Array.fromAsync(Deno.readDir(place))).map(({ name }) => join(place, name));
  return (await Promise.all(entries.sort().map(filesIn))).flat();
}

async function bundleAnew(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      ...["--quiet", "--platform", "browser", "--minify"],
      ...["--config", path("../../deno.json"), path(entry)],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) {
    const text = new TextDecoder().decode(stderr).trim().split("\n").slice(-1)[0];
    throw new Failure(`cannot bundle the page: ${text}`);
  }
  return new TextDecoder().decode(stdout);
}
