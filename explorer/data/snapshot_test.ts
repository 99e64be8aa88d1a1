/**
 * Tests that tables with applied changes are the same as newly created tables, after any change of
 * the lake.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { compact } from "../../lake/table/compact.ts";
import { gone, hashOf, land, START, type Toot, toot } from "../../lake/testing/toots.ts";
import { openSnapshots, type Snapshots } from "./snapshot.ts";

const HOUR = 3_600_000;

/**
 * Returns all rows, with values instead of numbers, and without ids and bars. These depend on the
 * order of the changes.
 */
async function rowsOf({ database, current }: Snapshots) {
  const { values } = current.contents;
  const decoded = Object.entries(values).filter(([name]) => name !== "hashtag");
  const columns = [
    "time, observed, week_hour, length_bin, withheld, bot, characters",
    "(select hash from author where n = toot.author) as author",
    ...decoded.map(([name]) => name),
    `(select list(hashtag order by hashtag) from toot_tag
      where toot_tag.id = toot.id) as tags`,
    "(epoch_ms(time) >= (select start from scale)) = (slot is not null) as slotted",
  ];
  const reader = await database.own(`select ${columns.join(", ")} from toot`);
  const rows = reader.getRowObjectsJson().map((row) => ({
    ...row,
    ...Object.fromEntries(decoded.map(([name, list]) => [name, list[Number(row[name])]])),
    tags: (row["tags"] as number[] | null)?.map((code) => values.hashtag[code]).sort(),
  }));
  return rows.map((row) => JSON.stringify(row)).sort();
}

async function inStep(kept: Snapshots, location: string, what: string): Promise<void> {
  const anew = await openSnapshots({ location });
  try {
    assert.deepEqual(await rowsOf(kept), await rowsOf(anew), what);
    const { values: _, time: __, ...numbers } = kept.current.contents;
    const { values: _v, time: _t, ...others } = anew.current.contents;
    assert.deepEqual(numbers, others, what);
  } finally {
    await anew.close();
  }
}

/** Makes the record of an author who opts out. */
function optOut(n: number, over: Partial<Toot> = {}): Toot {
  const { uri, author_key } = toot(n, over);
  return toot(n, {
    ...{ m_id: null, app: null, url: null, username: null, mastodon_text: null, origin: null },
    ...{ author: null, hashtags: null, uri: hashOf(uri), author_key, withheld: "noindex" },
    ...{ status_id: `hmac-sha256:${n}`, observed_at: START + 100 * HOUR },
  });
}

const many = (first: number, n: number, over: Partial<Toot> = {}) =>
  Array.from({ length: n }, (_, i) =>
    toot(first + i, {
      language: ["en", "de", "ja"][i % 3]!,
      app: i % 4 === 0 ? null : `App ${i % 5}`,
      author: `person${i % 9}@a.example`,
      hashtags: i % 2 === 0 ? [`tag${i % 6}`, "often"] : [],
      ...over,
    }));

const STEPS: readonly [what: string, (location: string) => Promise<unknown>][] = [
  ["the first toots", (lake) => land(lake, many(0, 40))],
  ["more, with new values", (lake) => land(lake, many(40, 30, { app: "New app", language: "fr" }))],
  ["compaction", (lake) => compact({ location: lake })],
  [
    "an edit of a compacted toot, and a copy of a raw one",
    (lake) =>
      land(lake, [
        toot(3, { edited_at: START + HOUR, observed_at: START + HOUR, language: "es" }),
        toot(200),
        toot(200, { base_url: "https://b.example", status_id: "77", app: null }),
      ]),
  ],
  ["deletes", (lake) => land(lake, [], [gone(5), gone(200)])],
  [
    "a copy that another server deletes, so that the one before stands again",
    async (lake) => {
      const uri = "https://far.example/1";
      await land(lake, [
        toot(300, { uri, base_url: "https://b.example", observed_at: START + HOUR }),
        toot(301, { uri, base_url: "https://c.example", observed_at: START + 2 * HOUR }),
      ]);
      await land(lake, [], [gone(301, "https://c.example")]);
    },
  ],
  ["an opt-out", (lake) => land(lake, [optOut(400, { author: "person1@a.example" })])],
  ["toots of years later and of years before", (lake) =>
    land(lake, [
      toot(500, { posted_at: START + 9_000 * HOUR, observed_at: START + 9_000 * HOUR }),
      toot(501, { posted_at: START - 9_000 * HOUR }),
    ])],
  ["compaction once more", (lake) => compact({ location: lake })],
  ["the last ones", (lake) => land(lake, many(600, 20))],
];

Deno.test("incrementally updated tables equal rebuilt ones", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lake-" });
  const [location, cache] = [join(folder, "lake"), join(folder, "cache")];
  await Deno.mkdir(location);
  let kept = await openSnapshots({ location, cache });
  try {
    for (const [at, [what, step]] of STEPS.entries()) {
      await step(location);
      if (at % 3 === 2) {
        // Changes that happened while no explorer was running count as well.
        await kept.close();
        kept = await openSnapshots({ location, cache });
      } else assert.equal(await kept.refresh(), true, what);
      await inStep(kept, location, what);
    }
    assert.equal(await kept.refresh(), false, "nothing new");
  } finally {
    await kept.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("after a compaction, the values of authors who opted out are forgotten, also by the kept tables", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lake-" });
  const options = { location: join(folder, "lake"), cache: join(folder, "cache") };
  await Deno.mkdir(options.location);
  const secret = { author: "mal@a.example", hashtags: ["secrettag"], app: "Secret app" };
  await land(options.location, [...many(0, 10), toot(50, secret)]);
  let kept = await openSnapshots(options);
  assert.match(JSON.stringify(kept.current), /secrettag.*|Secret app/);
  await land(options.location, [optOut(51, { author: "mal@a.example" })]);
  await kept.refresh();
  await compact({ location: options.location, before: "2099-01-01" });
  await land(options.location, many(60, 10, { app: "Newer app", hashtags: ["newer"] }));
  await kept.refresh();
  for (const reopened of [false, true]) {
    if (reopened) {
      await kept.close();
      kept = await openSnapshots(options);
    }
    assert.doesNotMatch(JSON.stringify(kept.current), /secret/i);
    const reader = await kept.database.own("select value from saved_value");
    assert.doesNotMatch(JSON.stringify(reader.getRows()), /secret/i);
    await inStep(kept, options.location, `reopened: ${reopened}`);
  }
  await land(options.location, [toot(70, { app: "Secret app", hashtags: ["secrettag"] })]);
  await kept.refresh();
  await inStep(kept, options.location, "the same values again");
  await kept.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a second explorer over the same lake has tables of its own", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lake-" });
  const options = { location: folder, cache: join(folder, "cache") };
  await land(folder, many(0, 10));
  const one = await openSnapshots(options);
  const two = await openSnapshots(options);
  try {
    assert.deepEqual(await rowsOf(two), await rowsOf(one));
  } finally {
    await one.close();
    await two.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("unreadable tables are rebuilt", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lake-" });
  const options = { location: folder, cache: join(folder, "cache") };
  await land(folder, many(0, 10));
  await (await openSnapshots(options)).close();
  for await (const { name } of Deno.readDir(options.cache)) {
    if (name.endsWith(".duckdb")) await Deno.writeTextFile(join(options.cache, name), "broken");
  }
  const again = await openSnapshots(options);
  assert.equal(again.current.contents.toots, 10);
  await again.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("at most twenty words are searched for at the same time", async () => {
  const location = await Deno.makeTempDir({ prefix: "lake-" });
  await land(location, [toot(0, { mastodon_text: "a Balloon" })]);
  const snapshots = await openSnapshots({ location });
  const { findWord } = await import("./texts.ts");
  // deno-lint-ignore require-await -- a thrown error must become a rejected promise
  const find = async (word: string) => findWord(snapshots, word);
  const found = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => find(`word ${n}`)));
  assert.equal(found.filter(({ status }) => status === "fulfilled").length, 20);
  assert.equal(await find("balloon"), 1);
  await snapshots.close();
  await Deno.remove(location, { recursive: true });
});

Deno.test("a searched word is also found in toots that arrive later", async () => {
  const location = await Deno.makeTempDir({ prefix: "lake-" });
  await land(location, [toot(0, { mastodon_text: "a Balloon" }), toot(1)]);
  const snapshots = await openSnapshots({ location });
  const { findWord } = await import("./texts.ts");
  const found = async () => {
    const sql =
      "select count(*) from toot where id in (select id from word where word = 'balloon')";
    return Number((await snapshots.database.answer(sql)).getRows()[0]![0]);
  };
  assert.equal(await findWord(snapshots, "balloon"), 1);
  assert.equal(await found(), 1);
  await land(location, [toot(2, { mastodon_text: "another balloon" }), toot(3)]);
  await snapshots.refresh();
  assert.equal(await found(), 2);
  await land(location, [], [gone(0)]);
  await snapshots.refresh();
  assert.equal(await found(), 1);
  await snapshots.close();
  await Deno.remove(location, { recursive: true });
});

Deno.test("the memory limit applies to both DuckDBs", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1)]);
  const snapshots = await openSnapshots({ location, limits: { memory: "512MiB" } });
  try {
    const limit = "select current_setting('memory_limit') as memory";
    const [reader] = await snapshots.lake.query<{ memory: string }>(limit);
    const page = (await snapshots.database.own(limit)).getRowObjectsJS()[0];
    assert.deepEqual([reader!.memory, page!["memory"]], ["512.0 MiB", "512.0 MiB"]);
  } finally {
    await snapshots.close();
  }
});
