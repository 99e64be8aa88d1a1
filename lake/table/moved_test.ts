import assert from "node:assert/strict";
import { join } from "node:path";
import { TOOT_TOPIC } from "../../record/record.ts";
import { gone, toot } from "../../record/testing/toot.ts";
import type { EngineName } from "../engine/lake.ts";
import { openStore } from "../store/open-store.ts";
import { land, withViews } from "../testing/toots.ts";
import { compact } from "./compact.ts";
import { readTable } from "./read/read-table.ts";
import { tableLocation } from "./read/table-paths.ts";

const ids = (location: string, engine: EngineName): Promise<unknown[]> =>
  withViews(location, async (lake) => {
    const rows = await lake.query("select status_id from mastodon_toot order by status_id");
    return rows.map(({ status_id }) => status_id);
  }, engine);

Deno.test("compaction writes the new address of a moved lake, even without new toots", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1), toot(2), toot(3)], [gone(3)]);
  await compact({ location });
  const moved = join(await Deno.makeTempDir(), "moved");
  await Deno.rename(location, moved);
  const store = openStore(moved);
  const shown = async () => [await ids(moved, "native"), await ids(moved, "wasm")];
  assert.deepEqual(await shown(), [["1", "2"], ["1", "2"]]);

  const said: string[] = [];
  const { rawFiles } = await compact({ location: moved, progress: (line) => said.push(line) });
  assert.equal(rawFiles, 0);
  assert.ok(said.includes("this lake was moved; its table gets the new location"), said.join());
  const { metadata, version } = await readTable(store, TOOT_TOPIC);
  assert.equal(metadata!.location, tableLocation(store, TOOT_TOPIC));
  assert.deepEqual(await shown(), [["1", "2"], ["1", "2"]]);

  // The next compaction has nothing to do.
  await compact({ location: moved });
  assert.equal((await readTable(store, TOOT_TOPIC)).version, version);
});
