import assert from "node:assert/strict";
import { join } from "node:path";
import { compact } from "./compact.ts";
import type { EngineName } from "../engine/lake.ts";
import { openStore } from "../store/open-store.ts";
import { type Deletion, type Toot, TOOT_TOPIC } from "../../record/record.ts";
import { gone, hashOf, START, toot } from "../../record/testing/toot.ts";
import { allToots, land, withViews } from "../testing/toots.ts";
import { readTable, SUMMARY } from "./read/read-table.ts";
import { metadataPath } from "./read/table-paths.ts";

const DAY = 86_400_000;

/** Makes a record of toot 1 that a server posted on another day than its home server says. */
function elsewhere(day: number, over: Partial<Toot> = {}): Toot {
  const base = { base_url: "https://evil.example", status_id: "5", home: false };
  const posted_at = START + day * DAY;
  return toot(1, { ...base, posted_at, observed_at: posted_at + 500, ...over });
}

const HOME = toot(1, { mastodon_text: "true" });
const FORGED = elsewhere(40, { mastodon_text: "forged" });

/** Returns the texts that the view shows in both engines. */
async function texts(location: string): Promise<unknown[]> {
  const of = (engine: EngineName) =>
    withViews(location, async (lake) => {
      const rows = await lake.query("select mastodon_text as text from mastodon_toot order by 1");
      return rows.map(({ text }) => text);
    }, engine);
  const native = await of("native");
  assert.deepEqual(await of("wasm"), native);
  return native;
}

/** Toots of other days and servers, so that the table has more than the two days. */
const OTHERS = [
  toot(50),
  toot(51, { posted_at: START + 40 * DAY }),
  toot(52, {
    ...{ base_url: "https://b.example", home: false, posted_at: START + 70 * DAY },
  }),
];

type Batch = readonly [toots: readonly Toot[], deletions?: readonly Deletion[]];

for (
  const [name, batches, expected] of [
    ["a copy after the home server's record", [[[HOME]], [[FORGED]]], ["true"]],
    ["the home server's record after a copy", [[[FORGED]], [[HOME]]], ["true"]],
    ["the home server's delete after both", [[[HOME]], [[FORGED]], [[], [gone(1)]]], []],
    ["the home server's delete of a record after a copy", [[[FORGED]], [[HOME]], [[], [
      gone(1),
    ]]], []],
    ["the home server's record and delete after a copy", [[[FORGED]], [[HOME], [gone(1)]]], []],
    [
      "a copy with a later edit after another copy",
      [[[FORGED]], [[elsewhere(3, {
        ...{ base_url: "https://c.example", edited_at: START + 3 * DAY + 1 },
        mastodon_text: "edited",
      })]]],
      ["edited"],
    ],
    [
      "an edit by a home server whose time is not believed",
      [[[toot(1, { posted_at: START + 3000 * DAY, observed_at: START })]], [[toot(1, {
        ...{ posted_at: START + 3000 * DAY, observed_at: START + 40 * DAY },
        ...{ edited_at: START + 40 * DAY - 1, mastodon_text: "edited" },
      })]]],
      ["edited"],
    ],
    [
      "a copy of a withheld record",
      [[[toot(1, {
        ...{ withheld: "noindex", mastodon_text: null, url: null, author: null },
        uri: hashOf(HOME.uri!),
      })]], [[FORGED]]],
      [null],
    ],
  ] as [string, Batch[], unknown[]][]
) {
  Deno.test(`days of posting that differ: ${name}`, async () => {
    const location = await Deno.makeTempDir();
    await land(location, OTHERS);
    await compact({ location });
    const shown = [...expected, "text 50", "text 51", "text 52"].sort((a, b) =>
      a === null ? 1 : b === null ? -1 : String(a) < String(b) ? -1 : 1
    );
    for (const [index, [toots, deletions = []]] of batches.entries()) {
      await land(location, toots, deletions);
      const last = index === batches.length - 1;
      if (last) assert.deepEqual(await texts(location), shown, "before compaction");
      const before = await allToots(location);
      await compact({ location });
      assert.deepEqual(await allToots(location), before, "compaction changes nothing");
    }
    assert.equal((await compact({ location })).rawFiles, 0);
  });
}

const table = (location: string) => readTable(openStore(location), TOOT_TOPIC);

Deno.test("a table of home servers' records gets its index of posts with the first copy", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [HOME, toot(50)]);
  await compact({ location });
  assert.deepEqual((await table(location)).posts, []);
  await land(location, [FORGED]);
  assert.deepEqual(await texts(location), ["text 50", "true"]);
  await compact({ location, dryRun: true });
  assert.deepEqual((await table(location)).posts, []);
  await compact({ location });
  assert.deepEqual(await texts(location), ["text 50", "true"]);
  const [run] = (await table(location)).posts!;
  assert.equal(run!.rows, 3, "two posts, and a copy of one of them");
});

Deno.test("the index of posts of an earlier release's table is built once", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [FORGED, toot(50)]);
  await compact({ location });
  const { version, metadata } = await table(location);
  const path = join(location, metadataPath(TOOT_TOPIC, version));
  const text = JSON.stringify(
    metadata,
    (name, value) => name === SUMMARY.posts ? undefined : value,
  );
  await Deno.writeTextFile(path, text);
  assert.equal((await table(location)).posts, null);
  await land(location, [], [gone(50)]);
  await compact({ location });
  assert.equal((await table(location)).posts, null, "without new toots it is not needed");
  await land(location, [HOME]);
  await compact({ location });
  assert.equal((await table(location)).posts!.length, 1);
  assert.deepEqual(await texts(location), ["true"]);
});

Deno.test("a copy that was moved to another day is still found by its server's delete", async () => {
  const location = await Deno.makeTempDir();
  const c = "https://c.example";
  await land(location, [...OTHERS, FORGED]);
  await compact({ location });
  await land(location, [elsewhere(3, { base_url: c, edited_at: START + 3 * DAY + 1 })]);
  await compact({ location });
  await land(location, [], [gone(5, c)]);
  await compact({ location });
  assert.equal((await allToots(location)).length, 4, "another server still shows it");
  await land(location, [], [gone(5, "https://evil.example")]);
  await compact({ location });
  assert.equal((await allToots(location)).length, 3);
});
