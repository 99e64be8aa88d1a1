/** Checks that the generated pages of `docs/` are up to date. `deno task docs` writes them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { generatedPages } from "./docs/main.ts";
import { ROOT } from "./house/sources.ts";

Deno.test("docs/cli.md and docs/record.md are up to date", async () => {
  for (const [path, text] of await generatedPages()) {
    assert.equal(await Deno.readTextFile(join(ROOT, path)), text, `run deno task docs: ${path}`);
  }
});
