import assert from "node:assert/strict";
import { join } from "node:path";
import { TOOT_TOPIC } from "../../record/record.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { allToots, land } from "../testing/toots.ts";
import { compact } from "./compact.ts";
import { LEGACY_END, legacyPath } from "./read/legacy-manifest.ts";
import { readTable } from "./read/read-table.ts";
import { legacyLake } from "./testing/legacy-lake.ts";

const DAY = 86_400_000;

Deno.test("a lake of an earlier release is read, then converted once, with a message", async () => {
  const location = await legacyLake();
  const before = await allToots(location);
  assert.equal(before.length, 20);
  const said: string[] = [];
  await compact({ location, progress: (line) => said.push(line) });
  await compact({ location, progress: (line) => said.push(line) });
  assert.equal(said.filter((line) => /earlier release/.test(line)).length, 1);
  assert.deepEqual(await allToots(location), before);
  const table = await readTable(openStore(location), TOOT_TOPIC);
  assert.deepEqual(table.files.map(({ days }) => days!.to - days!.from), [0, 0]);
  // An earlier release refuses to compact a lake that is a table now.
  const old = await Deno.readTextFile(join(location, legacyPath(TOOT_TOPIC)));
  assert.equal(old, LEGACY_END);
});

Deno.test("a delete finds its toot in a file of an earlier release", async () => {
  const location = await legacyLake();
  await compact({ location });
  await land(location, [toot(900, { posted_at: START + 30 * DAY })], [gone(103)]);
  await compact({ location });
  await land(location, [], [gone(4)]);
  const { days, deleted } = await compact({ location });
  assert.deepEqual({ days, deleted }, { days: 1, deleted: 1 });
  assert.equal((await allToots(location)).length, 19);
});

Deno.test("the conversion can stop at every step, and the view does not change", async () => {
  const seen: string[] = [];
  for (let stopAt = 1;; stopAt++) {
    const location = await legacyLake();
    const before = await allToots(location);
    let steps = 0;
    const stopped = await compact({
      location,
      step: (name) => {
        if (++steps < stopAt) return;
        seen.push(name);
        throw new Error(`stopped at ${name}`);
      },
    }).then(() => false, () => true);
    assert.deepEqual(await allToots(location), before, seen.at(-1)!);
    // The next compaction finishes the conversion.
    await compact({ location });
    assert.deepEqual(await allToots(location), before, seen.at(-1)!);
    assert.equal(await Deno.readTextFile(join(location, legacyPath(TOOT_TOPIC))), LEGACY_END);
    const { version, files } = await readTable(openStore(location), TOOT_TOPIC);
    assert.ok(version > 0 && files.length === 2);
    if (!stopped) break;
  }
  assert.deepEqual(seen, [
    ...["wrote manifests", "wrote manifest list", "published", "wrote version hint"],
  ]);
});
