import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Which folders a folder may import, itself left out: data flows one way, and so do imports. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  config: [],
  common: [],
  record: ["config", "common"],
  kafka: ["record", "common"],
  lake: ["record", "kafka", "common", "config"],
  listener: ["record", "kafka", "lake", "common"],
  notebooks: ["lake", "common"],
  explorer: ["lake", "common"],
  simulator: ["config", "common"],
  demo: ["common", "lake", "notebooks", "simulator"],
};

async function* sources(folder: string): AsyncGenerator<string> {
  if (!(await Deno.stat(folder).catch(() => null))) return;
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Relative specifiers of a module: static, re-exported and dynamic. */
function importsOf(source: string): string[] {
  const statement =
    /^(?:import|export|\})(?:[^"'`\n]*\bfrom)?\s*"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;
  return [...source.matchAll(statement)].map((match) => match[1] ?? match[2]!);
}

/** Imports that point up the flow, as `from → to`. */
function upward(path: string, source: string): string[] {
  const from = relative(ROOT, path);
  const folder = from.split(/[\\/]/)[0]!;
  return importsOf(source)
    .map((specifier) => relative(ROOT, join(dirname(path), specifier)))
    .filter((to) => to !== "deno.json") // where the version stands
    .filter((to) => {
      const target = to.split(/[\\/]/)[0]!;
      return target !== folder && !MAY_IMPORT[folder]!.includes(target);
    })
    .map((to) => `${from} → ${to}`);
}

Deno.test("imports only point down the flow", async () => {
  const wrong = [];
  for (const folder of Object.keys(MAY_IMPORT)) {
    for await (const path of sources(join(ROOT, folder))) {
      wrong.push(...upward(path, await Deno.readTextFile(path)));
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("an import up the flow is seen", () => {
  const simulator = join(ROOT, "simulator", "status.ts");
  const source = `import { textOf } from "../listener/toot/text.ts";`;
  assert.deepEqual(upward(simulator, source), ["simulator/status.ts → listener/toot/text.ts"]);
});

Deno.test("what is drawn at random is drawn from a seed, so that a red test is red again", async () => {
  const unseeded = [];
  for (const folder of [...Object.keys(MAY_IMPORT), "bench", "tests"]) {
    for await (const path of sources(join(ROOT, folder))) {
      const source = await Deno.readTextFile(path);
      if (
        /^import .* from "fast-check"/m.test(source) &&
        !/^fc\.configureGlobal\(\{ seed: /m.test(source)
      ) {
        unseeded.push(relative(ROOT, path));
      }
    }
  }
  assert.deepEqual(unseeded, []);
});
