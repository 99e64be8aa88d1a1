/**
 * `deno task docs` writes the generated pages of `docs/`.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "../house/sources.ts";
import { cliPage } from "./cli.ts";
import { recordPage } from "./record.ts";

/** Returns the paths and texts of the generated pages, formatted with `deno fmt`. */
export async function generatedPages(): Promise<Map<string, string>> {
  return new Map([
    ["docs/cli.md", await formatted(await cliPage())],
    ["docs/record.md", await formatted(await recordPage())],
  ]);
}

async function formatted(text: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = command.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout, success } = await command.output();
  if (!success) throw new Error("deno fmt failed");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  for (const [path, text] of await generatedPages()) {
    await Deno.writeTextFile(join(ROOT, path), text);
  }
}
