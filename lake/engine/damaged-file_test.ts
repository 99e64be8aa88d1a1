import assert from "node:assert/strict";
import { join } from "node:path";
import { toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { compact } from "../table/compact.ts";
import { land } from "../testing/toots.ts";
import { createViews } from "../views/views.ts";
import { openLake } from "./open.ts";

/** Makes a lake of three files. The second file has wrong bytes in its first page. */
async function damagedLake(): Promise<{ location: string; name: string }> {
  const location = await Deno.makeTempDir();
  for (const n of [1, 2, 3]) await land(location, [toot(n)]);
  const [, { path }] = await openStore(location).list("topics/") as [unknown, { path: string }];
  using file = await Deno.open(join(location, path), { write: true });
  await file.seek(4, Deno.SeekMode.Start);
  await file.write(new Uint8Array(12).fill(0xff));
  return { location, name: path };
}

Deno.test("a query names the damaged file although DuckDB does not", async () => {
  const { location, name } = await damagedLake();
  const lake = await openLake({ location });
  await createViews(lake).then(() => lake.query("from mastodon_toot")).then(
    () => assert.fail("expected a failure"),
    (error: Error) => {
      assert.match(error.message, /is damaged, or not a Parquet file/);
      assert.ok(error.message.includes(name), error.message);
    },
  );
  await lake.close();
});

Deno.test("a compaction names the damaged file although DuckDB does not", async () => {
  const { location, name } = await damagedLake();
  await assert.rejects(compact({ location }), (error: Error) => {
    assert.ok(error.message.startsWith(join(location, name)), error.message);
    return true;
  });
});
