/**
 * The page's script: TypeScript bundled by Deno when the server starts, so that a
 * user has no build step.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Failure } from "../../lake/mod.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Bundles a script for browsers.
 *
 * @param entry relative to this file, such as `../page/main.ts`
 * @throws {Failure} where Deno cannot bundle it
 */
export async function bundle(entry: string): Promise<string> {
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
