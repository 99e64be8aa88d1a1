import assert from "node:assert/strict";
import { join } from "node:path";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { compact } from "../table/compact.ts";
import { readTable } from "../table/read/read-table.ts";
import { land, withViews } from "../testing/toots.ts";

/** Times in other months, so that the toots are in other files. */
const LATER = [START + 40 * 86_400_000, START + 80 * 86_400_000];

Deno.test("a new delete reads the compacted files of its day only", async () => {
  const location = await Deno.makeTempDir();
  // The home server has toot 1, and another server has a copy of toot 2.
  const copy = { base_url: "https://b.example", status_id: "902", home: false };
  const later = LATER.map((posted_at, i) => toot(3 + i, { posted_at }));
  await land(location, [toot(1), toot(2), toot(2, copy), ...later]);
  await compact({ location, before: "now" });
  const { files } = await readTable(openStore(location), "mastodon-topic");
  assert.equal(files.length, 3);
  await Deno.truncate(join(location, files[2]!.path), 100);

  await land(location, [], [gone(1), gone(902, "https://b.example")]);
  await withViews(location, async (lake) => {
    const dropped = await lake.query<{ uri: string }>(
      `select uri from lake.same_days
       where file_row in (select file_row from lake.dropped where file = same_days.file)`,
    );
    assert.deepEqual(dropped, [{ uri: "https://a.example/statuses/1" }]);
    // The id of the copy is in the `also_at` of the row that is shown.
    const [found] = await lake.query<{ n: bigint }>(
      "select count(*) as n from lake.deleted_sighting",
    );
    assert.equal(found!.n, 2n);
  });
});
