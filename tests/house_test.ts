/**
 * Checks the structure of the project: which folder may import which, how large files and
 * folders may grow, and which phrases must not be used.
 */
import assert from "node:assert/strict";
import { importsOf, isProduct, readSources, type SourceFile } from "./house/sources.ts";
import { circles } from "./house/circles.ts";
import { oblique } from "./house/phrases.ts";

/**
 * The other folders that each folder may import. Data flows in one direction, and so do imports.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  config: [],
  common: [],
  record: ["config", "common"],
  kafka: ["record", "common"],
  lake: ["record", "kafka", "common", "config"], // The lake imports the names of languages.
  listener: ["record", "kafka", "lake", "common"],
  notebooks: ["lake", "common"],
  explorer: ["lake", "common"],
  simulator: ["config", "common"],
  demo: ["common", "lake", "notebooks", "simulator"],
};

/**
 * The parts of `lake/` (folders and files), from the lowest layer to the highest. A part may import
 * only from lower layers.
 */
const LAKE_LAYERS = [
  ["store"],
  ["engine"],
  ["write"],
  ["truth"],
  ["table"],
  ["views"],
  ["sink", "info", "main.ts", "mod.ts"],
];

const MOST_LINES = 300;
const MOST_FILES = 15;
const MOST_COMMON_FILES = 8;

const folders = [...Object.keys(MAY_IMPORT), "bench", "tests"];
const sources = (await Promise.all(folders.map((folder) => readSources(folder)))).flat();
const product = sources.filter(isProduct);

const folderOf = (path: string) => path.split("/")[0]!;

/** Returns the imports that are not allowed, as `from → to`. */
function upward(file: SourceFile): string[] {
  const folder = folderOf(file.path);
  const allowed = MAY_IMPORT[folder];
  return importsOf(file)
    .filter((to) => to !== "deno.json") // It contains the version of the project.
    .filter((to) => allowed && folderOf(to) !== folder && !allowed.includes(folderOf(to)))
    .map((to) => `${file.path} → ${to}`);
}

/**
 * Returns the imports inside `lake/` that point to a higher layer, or to another part of the same
 * layer.
 */
function upstairs(file: SourceFile): string[] {
  const partOf = (path: string) => path.split("/")[1]!;
  const layerOf = (path: string) => LAKE_LAYERS.findIndex((parts) => parts.includes(partOf(path)));
  if (!file.path.startsWith("lake/") || layerOf(file.path) === -1) return [];
  return importsOf(file)
    .filter((to) => to.startsWith("lake/") && partOf(to) !== partOf(file.path))
    .filter((to) => layerOf(to) >= layerOf(file.path) && partOf(file.path) !== "main.ts")
    .map((to) => `${file.path} → ${to}`);
}

Deno.test("imports only point down the flow", () => {
  assert.deepEqual(sources.flatMap(upward), []);
});

Deno.test("inside the lake, imports only point down the layers", () => {
  const known = LAKE_LAYERS.flat();
  const parts = product.filter(({ path }) => path.startsWith("lake/"));
  assert.deepEqual(parts.filter(({ path }) => !known.includes(path.split("/")[1]!)), []);
  assert.deepEqual(product.flatMap(upstairs), []);
});

Deno.test("no file is in an import circle", () => {
  assert.deepEqual(circles(new Map(sources.map((file) => [file.path, importsOf(file)]))), []);
});

Deno.test("no product file is longer than 300 lines", () => {
  const long = product
    .filter(({ text }) => text.split("\n").length - 1 > MOST_LINES)
    .map(({ path }) => path);
  assert.deepEqual(long, []);
});

Deno.test("no folder holds more than 15 source files beside one another", () => {
  const counts = Map.groupBy(
    sources.filter(({ path }) => !path.endsWith("_test.ts")),
    ({ path }) => path.slice(0, path.lastIndexOf("/")),
  );
  const full = [...counts].filter(([, files]) => files.length > MOST_FILES);
  assert.deepEqual(full.map(([folder, files]) => `${folder}: ${files.length}`), []);
});

Deno.test("common/ holds only what two or more folders use, in at most eight files", () => {
  const common = product.filter(({ path }) => path.startsWith("common/")).map(({ path }) => path);
  assert.ok(common.length <= MOST_COMMON_FILES, common.join(", "));
  const users = (path: string) =>
    new Set(
      product
        .filter((file) => importsOf(file).includes(path))
        .map((file) => folderOf(file.path))
        .filter((folder) => folder !== "common"),
    );
  assert.deepEqual(common.filter((path) => users(path).size < 2), []);
});

Deno.test("tests draw random values from a seed, so that a failure can be repeated", () => {
  const ofTests = sources.filter((file) => !isProduct(file) && file.path !== "tests/house_test.ts");
  const unseeded = ofTests.filter(({ text }) =>
    /\bMath\.random\(\)|\bgetRandomValues\(/.test(text) ||
    /^import .* from "fast-check"/m.test(text) &&
      !/^fc\.configureGlobal\(\{ seed: /m.test(text)
  );
  assert.deepEqual(unseeded.map(({ path }) => path), []);
});

Deno.test("messages and docs are free of the worst phrases", async () => {
  const docs = (await readSources("", ".md")).filter(({ path }) => !/CHANGELOG/.test(path));
  const found = [...docs, ...product].flatMap(oblique);
  assert.deepEqual(found, []);
});

Deno.test("the rules notice a breach", () => {
  assert.ok(product.some(({ path }) => path === "explorer/data/locked.ts"), "a folder called data");
  const file = (path: string, text: string) => ({ path, text });
  assert.deepEqual(
    upward(file("simulator/a.ts", `import { t } from "../listener/toot/text.ts";`)),
    ["simulator/a.ts → listener/toot/text.ts"],
  );
  assert.deepEqual(
    upstairs(file("lake/store/a.ts", `import { q } from "../engine/sql.ts";`)),
    ["lake/store/a.ts → lake/engine/sql.ts"],
  );
  assert.deepEqual(
    circles(new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["a"]], ["d", []]])),
    [["a", "b", "c"]],
  );
  assert.equal(oblique(file("a.ts", "throw new Failure(`'${x}' is no number`);")).length, 1);
  assert.equal(oblique(file("a.md", "It waits where there is one.")).length, 1);
});
