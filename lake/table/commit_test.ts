import assert from "node:assert/strict";
import { join } from "node:path";
import { TOOT_TOPIC } from "../../record/record.ts";
import { toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { allToots, land, writeSql } from "../testing/toots.ts";
import { COMPACTED_COLUMNS } from "../truth/source-sql.ts";
import { type CommitPlace, fence } from "./commit.ts";
import { compact } from "./compact.ts";
import { evolveSchema } from "./iceberg/schema.ts";
import { readTable } from "./read/read-table.ts";
import { dataFolder } from "./read/table-paths.ts";
import { removeUnused } from "./remove-unused.ts";

const SCHEMA = evolveSchema(COMPACTED_COLUMNS, []);
const PUBLISHED_FIRST = /published first; nothing is lost/;

const placeIn = (store: Store): CommitPlace => ({
  ...{ store, topic: TOOT_TOPIC, now: Date.now },
  step: () => {},
});

/** Makes a compacted lake, and writes a data file as a killed compaction would leave it. */
async function lakeWithUnusedFile(): Promise<{ location: string; unused: string }> {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1)]);
  await compact({ location });
  const unused = `${dataFolder(TOOT_TOPIC)}2026-01/unused.parquet`;
  await writeSql(location, unused, "select 1 as one");
  return { location, unused };
}

const exists = (location: string, path: string) =>
  Deno.stat(join(location, path)).then(() => true, () => false);

Deno.test("of two fences of one version, the second is refused", async () => {
  const { location } = await lakeWithUnusedFile();
  const store = openStore(location);
  const table = await readTable(store, TOOT_TOPIC);
  await fence(placeIn(store), table, SCHEMA);
  await assert.rejects(fence(placeIn(store), table, SCHEMA), PUBLISHED_FIRST);
});

Deno.test("a fence whose first answer was lost is accepted", async () => {
  const { location } = await lakeWithUnusedFile();
  const store = openStore(location);
  const lossy: Store = {
    ...store,
    writeText: async (...given) => {
      await store.writeText(...given);
      return await store.writeText(...given); // The file exists by now, so this returns null.
    },
  };
  const table = await readTable(store, TOOT_TOPIC);
  await fence(placeIn(lossy), table, SCHEMA);
  assert.equal((await readTable(store, TOOT_TOPIC)).version, table.version + 1);
});

Deno.test("a compaction that lost its lease removes no files of the other compaction", async () => {
  const { location, unused } = await lakeWithUnusedFile();
  await land(location, [toot(2), toot(3)]);
  const store = openStore(location);
  // The other compaction has read the table, and was paused before it removed unused files.
  const stale = await readTable(store, TOOT_TOPIC);
  await compact({
    location,
    step: async (name) => {
      if (name !== "wrote deletes") return;
      await assert.rejects(removeUnused(placeIn(store), stale, SCHEMA, null), PUBLISHED_FIRST);
    },
  });
  assert.equal((await allToots(location)).length, 3);
  assert.equal(await exists(location, unused), false);
});

Deno.test("a compaction keeps the files of another one that began after it published", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1)]);
  const ofOther = `${dataFolder(TOOT_TOPIC)}2026-01/of-the-other.parquet`;
  await compact({
    location,
    step: async (name) => {
      if (name === "published") await writeSql(location, ofOther, "select 1 as one");
    },
  });
  assert.ok(await exists(location, ofOther));
  // It was killed, so the next compaction removes what it left.
  await compact({ location });
  assert.equal(await exists(location, ofOther), false);
});
