import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import overriding from "../package.json" with { type: "json" };

const lock = JSON.parse(Deno.readTextFileSync(new URL("../deno.lock", import.meta.url)));
const imports: Record<string, string> = config.imports;

Deno.test("an overridden package is the one that we import, and the only one in the lock", () => {
  for (const [name, version] of Object.entries(overriding.overrides)) {
    assert.equal(imports[name], `npm:${name}@${version}`);
    const locked = Object.keys(lock.npm).filter((key) => key.startsWith(`${name}@`));
    assert.deepEqual(locked, [`${name}@${version}`]);
  }
});

Deno.test("docs/dependencies.md names every package in the version that we import", () => {
  const text = Deno.readTextFileSync(new URL("../docs/dependencies.md", import.meta.url));
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  for (const specifier of new Set(Object.values(imports))) {
    const [, name, version] = /^npm:(@?[^@]+)@(.+)$/.exec(specifier)!;
    const row = rows.find((line) => line.split("|")[1]!.includes(`\`${name}\``));
    const versions = row?.split("|")[2]?.trim().split(", ");
    assert.ok(versions?.includes(version!), `${name} ${version}`);
  }
});

Deno.test("deno.json exports what scripts of other projects import", async () => {
  const load = (name: keyof typeof config.exports) => import(`../${config.exports[name]}`);
  const lake = await load(".");
  assert.deepEqual([typeof lake.openLake, typeof lake.createViews], ["function", "function"]);
  assert.ok((await load("./record")).TOOT_COLUMNS.length >= 30);
  assert.equal(typeof (await load("./charts")).dailyUsage, "function");
  assert.equal(typeof (await load("./simulator")).startFederation, "function");
});
