import assert from "node:assert/strict";
import { TOOT_TOPIC } from "../../record/record.ts";
import { covered, START, toot } from "../../record/testing/toot.ts";
import type { EngineName } from "../engine/lake.ts";
import { openStore } from "../store/open-store.ts";
import { land, withViews } from "../testing/toots.ts";
import { compact } from "./compact.ts";
import { readTable } from "./read/read-table.ts";

const MINUTE = 60_000;

/** Writes one file of coverage for each minute. */
async function landMinutes(location: string, first: number, count: number): Promise<void> {
  for (let minute = first; minute < first + count; minute++) {
    const from = START + minute * MINUTE;
    await land(location, [], [], TOOT_TOPIC, [
      covered(0, { from, until: from + MINUTE, outcome: minute % 3 === 0 ? "lost" : "covered" }),
    ]);
  }
}

const shown = (location: string, engine: EngineName = "native") =>
  withViews(
    location,
    (lake) => lake.query("select * from covered_minute order by minute"),
    engine,
  );

const files = async (location: string) =>
  (await readTable(openStore(location), TOOT_TOPIC)).coverage;

Deno.test("compaction includes coverage, and the views show the same rows as before", async () => {
  const location = await Deno.makeTempDir();
  await landMinutes(location, 0, 6);
  const before = await shown(location);
  assert.equal(before.length, 6);
  assert.equal((await compact({ location })).rawFiles, 6);
  assert.deepEqual(await openStore(location).list("topics/"), []);
  assert.equal((await files(location)).length, 1);

  // Raw and compacted records both count, and repeated records count once.
  await landMinutes(location, 5, 3);
  const later = await shown(location);
  assert.deepEqual(later.slice(0, 6), before);
  assert.equal(later.length, 8);
  assert.deepEqual(await shown(location, "wasm"), later);
  await compact({ location });
  assert.deepEqual(await shown(location), later);
  assert.deepEqual((await files(location)).map(({ rows }) => rows), [8], "merged, one row each");

  assert.equal((await compact({ location })).rawFiles, 0);
  assert.equal((await files(location)).length, 1, "a compaction with nothing to do keeps it");
});

Deno.test("a file of coverage is merged only with files of similar size", async () => {
  const location = await Deno.makeTempDir();
  await landMinutes(location, 0, 9);
  await compact({ location });
  await landMinutes(location, 9, 1);
  await compact({ location });
  assert.deepEqual((await files(location)).map(({ rows }) => rows), [9, 1]);
  assert.equal((await shown(location)).length, 10);
});

Deno.test("coverage older than the days to keep is dropped", async () => {
  const location = await Deno.makeTempDir();
  const day = 24 * 60;
  await landMinutes(location, 0, 2);
  await compact({ location });
  await landMinutes(location, 5 * day, 1);
  await compact({ location, retain: 3, now: () => START + 5.5 * day * MINUTE });
  assert.equal((await shown(location)).length, 1);

  // Old coverage is dropped even if there is no new coverage.
  await land(location, [toot(1, { posted_at: START + 9 * day * MINUTE })]);
  await compact({ location, retain: 3, now: () => START + 10.5 * day * MINUTE });
  assert.equal((await shown(location)).length, 0);
});
