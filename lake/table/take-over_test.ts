import assert from "node:assert/strict";
import { join } from "node:path";
import { TOOT_TOPIC } from "../../record/record.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { allToots, land, writeSql } from "../testing/toots.ts";
import { compact } from "./compact.ts";
import { LEGACY_END, legacyPath } from "./read/legacy-manifest.ts";
import { readTable } from "./read/read-table.ts";

const DAY = 86_400_000;

/**
 * Makes a lake of two days, as an earlier release compacted it: without field ids, in folders by
 * day.
 */
async function legacyLake(): Promise<string> {
  const location = await Deno.makeTempDir();
  const days: Record<string, unknown> = {};
  for (let day = 0; day < 2; day++) {
    const date = new Date(START + day * DAY).toISOString().slice(0, 10);
    const path = `compacted/${TOOT_TOPIC}/date=${date}/000001-0-${day}.zstd.parquet`;
    await writeSql(
      location,
      path,
      `select 'https://a.example/' || (${day} * 100 + n) as uri, 'https://a.example' as base_url,
        (${day} * 100 + n)::VARCHAR as status_id, 'en' as language, n::INTEGER as words,
        TIMESTAMPTZ '${date} 00:00:00+00' + interval (n) minute as posted_at,
        TIMESTAMP '${date} 00:00:00' + interval (n) minute as created_tz, ['x'] as hashtags,
        'a.example' as from_instance, null::VARCHAR[] as also_at
      from range(10) as t(n)`,
    );
    days[date] = [{ path, rows: 10, bytes: (await Deno.stat(join(location, path))).size }];
  }
  const manifest = { format: 1, generation: 1, days, deletions: [], taken: {} };
  await Deno.writeTextFile(join(location, legacyPath(TOOT_TOPIC)), JSON.stringify(manifest));
  return location;
}

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
