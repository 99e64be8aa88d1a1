import assert from "node:assert/strict";
import { join } from "node:path";
import { TOOT_TOPIC } from "../../record/record.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { compact } from "../table/compact.ts";
import { land } from "../testing/toots.ts";
import { lakeInfo } from "./info.ts";

Deno.test("the snapshots, days and waiting files of a compacted lake are counted", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1), toot(2), toot(3)]);
  await compact({ location, now: () => START + 86_400_000 });
  await land(location, [toot(4)]);
  const at = START + 90_000_000;
  await compact({ location, now: () => at });
  await land(location, [toot(5)], [gone(1)]);
  const { table, days, raw, deletes, leftovers } = await lakeInfo({ location });
  assert.equal(table!.location, join(location, "compacted", TOOT_TOPIC));
  assert.equal(table!.movedFrom, null);
  const snapshots = table!.snapshots.map(({ id: _, ...rest }) => rest);
  assert.deepEqual(snapshots, [
    { at: START + 86_400_000, operation: "append", files: 1, rows: 3 },
    { at, operation: "overwrite", files: 1, rows: 4 },
  ]);
  assert.equal(new Set(table!.snapshots.map(({ id }) => id)).size, 2);
  assert.deepEqual(days.map(({ days, files, rows }) => ({ days, files, rows })), [
    { days: new Date(START).toISOString().slice(0, 10), files: 1, rows: 4 },
  ]);
  assert.deepEqual([raw.files, raw.rows, deletes.files, deletes.rows], [1, 1, 1, 1]);
  assert.equal(leftovers, 0);
});

Deno.test("the table of a moved lake has its new address, and the one that its metadata states", async () => {
  const before = await Deno.makeTempDir();
  await land(before, [toot(1)]);
  await compact({ location: before });
  const location = `${before}-moved`;
  await Deno.rename(before, location);
  const address = (lake: string) => join(lake, "compacted", TOOT_TOPIC);
  const moved = (await lakeInfo({ location })).table!;
  assert.equal(moved.location, address(location));
  assert.equal(moved.movedFrom, address(before));
  await compact({ location });
  const after = (await lakeInfo({ location })).table!;
  assert.equal(after.location, address(location));
  assert.equal(after.movedFrom, null);
});
