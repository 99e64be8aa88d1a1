import assert from "node:assert/strict";
import { join } from "node:path";
import { openLake } from "../engine/open.ts";
import { covered, gone, START, toot } from "../../record/testing/toot.ts";
import { land, withViews, writeSql } from "../testing/toots.ts";
import { openStore } from "../store/open-store.ts";
import { compact } from "../table/compact.ts";
import { createViews } from "./views.ts";

const fresh = () => Deno.makeTempDir();

/** Returns the texts in the view, in the order of their uris. */
const texts = (location: string) =>
  withViews(location, async (lake) => {
    const rows = await lake.query<{ mastodon_text: string }>(
      "select mastodon_text from mastodon_toot order by uri",
    );
    return rows.map((row) => row.mastodon_text);
  });

Deno.test("an empty lake has empty views, with all their columns", async () => {
  await withViews(await fresh(), async (lake) => {
    for (const view of ["mastodon_toot_raw", "mastodon_toot"]) {
      assert.deepEqual(await lake.query(`select * from ${view}`), []);
    }
    const columns = await lake.query<{ column_name: string; column_type: string }>(
      "describe mastodon_toot",
    );
    assert.deepEqual(columns.slice(0, 6).map((c) => c.column_name), [
      ...["m_id", "created_at", "created_tz", "app", "url", "from_instance"],
    ]);
    assert.equal(columns.at(-1)!.column_name, "language_name");
    assert.equal(columns[2]!.column_type, "TIMESTAMP");
  });
});

Deno.test("the latest edit is shown", async () => {
  const location = await fresh();
  await land(location, [toot(1, { edited_at: START + 9_000, mastodon_text: "second" })]);
  await land(location, [
    toot(1, { mastodon_text: "first", observed_at: START + 99_000 }),
    toot(1, { edited_at: START + 5_000, mastodon_text: "between" }),
  ]);
  assert.deepEqual(await texts(location), ["second"]);
});

Deno.test("of equal records, the home server's is shown, then the one observed last", async () => {
  const location = await fresh();
  const b = { base_url: "https://b.example", status_id: "77" };
  const c = { base_url: "https://c.example", status_id: "78" };
  await land(location, [
    toot(1, { app: "Tusky", mastodon_text: "home" }),
    toot(1, { ...b, observed_at: START + 99_000, mastodon_text: "away" }),
    toot(2, { ...b, observed_at: START + 1, mastodon_text: "early" }),
    toot(2, { ...c, observed_at: START + 2, mastodon_text: "late" }),
  ]);
  assert.deepEqual(await texts(location), ["home", "late"]);
});

Deno.test("files of the original project and of others are read as they are", async () => {
  const location = await fresh();
  const folder = "topics/mastodon-topic/partition=4";
  await writeSql(
    location,
    `${folder}/mastodon-topic+4+0000000000.snappy.parquet`,
    `select 12::BIGINT as m_id, 1767225600 as created_at, '2026 01 01 00:00:00' as created_at_str,
      'Web' as app, 'https://c.example/@cy/12' as url, 'https://c.example' as base_url,
      'de' as language, 0 as favourites, 'cy' as username, false as bot, 0 as tags,
      3 as characters, 1 as words, 'old' as mastodon_text`,
  );
  assert.deepEqual(await texts(location), ["old"], "only the fourteen columns");
  await writeSql(
    location,
    `${folder}/mastodon-topic+4+0000000001.snappy.parquet`,
    `select 'turned' as mastodon_text, 'https://d.example/1' as uri, '9' as status_id,
      'https://d.example' as base_url, 'ja' as language, 9::BIGINT as m_id, 'more' as another,
      true as bot`,
  );
  await land(location, [toot(1)]);
  const rows = await withViews(location, (lake) =>
    lake.query(
      "select m_id, created_tz, from_instance, language_name, uri from mastodon_toot order by m_id",
    ));
  assert.deepEqual(rows, [
    {
      ...{ m_id: 9n, created_tz: null, from_instance: null, language_name: "Japanese" },
      uri: "https://d.example/1",
    },
    {
      m_id: 12n,
      created_tz: new Date("2026-01-01T00:00:00Z"),
      from_instance: "c.example",
      language_name: "German",
      uri: null,
    },
    {
      m_id: 2n ** 60n + 1n,
      created_tz: new Date("2026-01-01T00:00:01Z"),
      from_instance: "a.example",
      language_name: "English",
      uri: "https://a.example/statuses/1",
    },
  ]);
});

Deno.test("the original's queries run on the views", async () => {
  const location = await fresh();
  await land(location, [
    toot(1, { app: "Web", mastodon_text: "a Balloon" }),
    toot(2, { username: "bert", bot: true, language: "unknown" }),
    toot(3, { posted_at: START + 86_400_000, characters: 300 }),
  ]);
  await withViews(location, async (lake) => {
    assert.deepEqual(
      await lake.query(`
        select strftime(created_tz, '%Y/%m/%d %a') as "Created day"
        , count(*) as "Num toots"
        , count(distinct(username)) as "Num users"
        , count(distinct(from_instance)) as "Num urls"
        , mode(case when bot='False' then username end) as "Most freq non-bot"
        , mode(case when bot='True' then username end) as "Most freq bot"
        , mode(base_url) as "Most freq host"
        from mastodon_toot group by 1 order by 1`),
      [
        {
          "Created day": "2026/01/01 Thu",
          "Num toots": 2n,
          "Num users": 2n,
          "Num urls": 1n,
          "Most freq non-bot": "ann",
          "Most freq bot": "bert",
          "Most freq host": "https://a.example",
        },
        {
          "Created day": "2026/01/02 Fri",
          "Num toots": 1n,
          "Num users": 1n,
          "Num urls": 1n,
          "Most freq non-bot": "ann",
          "Most freq bot": null,
          "Most freq host": "https://a.example",
        },
      ],
    );
    const ask = async (sql: string) => Object.values((await lake.query(sql))[0]!);
    assert.deepEqual(
      await ask("select count(*) from mastodon_toot where app <> '' and bot='False'"),
      [1n],
    );
    assert.deepEqual(
      await ask("select date_part('hour', created_tz), count(*) from mastodon_toot group by 1"),
      [0n, 3n],
    );
    assert.deepEqual(
      await ask(`select count(*) from mastodon_toot
        where created_tz between TIMESTAMP '2026-01-01 00:00:01' and TIMESTAMP '2026-01-01 12:59:59'
        and mastodon_text ilike '%balloon%'`),
      [1n],
    );
    assert.deepEqual(
      await ask(`select count(*) from mastodon_toot
        where characters < 200 and language not in ('unknown')`),
      [1n],
    );
  });
});

Deno.test("coverage is read from few files and from many", async () => {
  for (const files of [3, 20]) {
    const location = await fresh();
    for (let n = 0; n < files; n++) {
      const outcome = n === 1 ? "filled" : n === 2 ? "lost" : "covered";
      await land(location, [], [], undefined, [covered(n, { outcome })]);
    }
    await withViews(location, async (lake) => {
      const rows = await lake.query<{ outcome: string }>(
        "select outcome from covered_minute order by minute",
      );
      assert.deepEqual(rows.slice(0, 3).map(({ outcome }) => outcome), [
        ...["covered", "filled", "lost"],
      ]);
      assert.equal(rows.length, files);
      const [row] = await lake.query("select count(*) as spans from coverage");
      assert.equal(row!["spans"], BigInt(files));
    });
  }
});

Deno.test("many small files are read once; one by one or together, the rows are the same", async () => {
  const location = await fresh();
  for (let n = 0; n < 20; n++) {
    await land(location, [toot(n), toot(n + 1)], n === 5 ? [gone(3)] : []);
  }
  await withViews(location, async (lake) => {
    const views = await createViews(lake);
    assert.match(views.sql, /create table lake\.record/);
    assert.match(views.sql, /and 17 more|\*\*\/\*\.parquet/);
    const [row] = await lake.query(
      `select count(*) as toots, sum(m_id - 1152921504606846976) as sum,
      (select count(*) from mastodon_toot_raw) as raw from mastodon_toot`,
    );
    assert.deepEqual({ ...row, sum: Number(row!["sum"]) }, { toots: 20n, sum: 207, raw: 40n });
  });
});

for (
  const [name, columns] of [
    ["fewer columns", "12::BIGINT as m_id, 'https://c.example' as base_url"],
    [
      "other types",
      "12::INTEGER as m_id, 'https://c.example' as base_url, 0::TINYINT as favourites",
    ],
  ]
) {
  // In partition 0, the different file is listed before the listener's files; in 7, after them.
  for (const partition of [0, 7]) {
    Deno.test(`many small files may differ, one with ${name} in partition ${partition}`, async () => {
      const location = await fresh();
      await writeSql(
        location,
        `topics/mastodon-topic/partition=${partition}/mastodon-topic+${partition}+0000000000.snappy.parquet`,
        `select ${columns}, 'odd' as mastodon_text`,
      );
      for (let n = 0; n < 20; n++) {
        await land(location, [toot(n, { favourites: 1000, mastodon_text: "even" })]);
      }
      assert.deepEqual(await texts(location), [...Array(20).fill("even"), "odd"]);
      const rows = await withViews(
        location,
        (lake) =>
          lake.query("select sum(favourites)::INTEGER as n, max(uri) as u from mastodon_toot"),
      );
      assert.deepEqual(rows, [{ n: 20_000, u: "https://a.example/statuses/9" }]);
    });
  }
}

for (const engine of ["native", "wasm"] as const) {
  for (const name of ["app=Tusky", "old [2] toots", "why?", "a*b", "uri=1/[!x]?{y}", "it's"]) {
    Deno.test(`a lake can be in a folder called ${name}: ${engine}`, async () => {
      const base = await fresh();
      const location = join(base, name, "lake");
      // If the path were read as a pattern, it would also match this lake.
      const beside = join(base, "old 2 toots", "lake");
      await Deno.mkdir(location, { recursive: true });
      await Deno.mkdir(beside, { recursive: true });
      await land(beside, [toot(9)]);
      await land(location, [toot(1), toot(2)], [gone(2)]);
      const rows = async () => {
        const lake = await openLake({ location, engine });
        try {
          await createViews(lake);
          return await lake.query("select app, uri, mastodon_text from mastodon_toot");
        } finally {
          await lake.close();
        }
      };
      const expected = [{
        app: toot(1).app,
        uri: "https://a.example/statuses/1",
        mastodon_text: "text 1",
      }];
      assert.deepEqual(await rows(), expected);
      const [file] = (await openStore(location).list("topics/mastodon-topic/")).map((f) => f.path);
      for (let n = 10; n < 30; n++) {
        await Deno.copyFile(join(location, file!), join(location, file!.replace("+00", `+${n}`)));
      }
      assert.deepEqual(await rows(), expected, "many files");
      await compact({ location, before: "2099-01-01" });
      assert.deepEqual(await rows(), expected, "compacted");
      await Deno.remove(base, { recursive: true });
    });
  }
}

Deno.test("the views are created with the environment that the lake was opened with", async () => {
  const lake = await openLake({
    location: await fresh(),
    env: (name) => name === "S3_ENDPOINT" ? "store.example:9000" : undefined,
  });
  const listed: string[] = [];
  const store = {
    ...lake.store,
    list(prefix: string) {
      listed.push(prefix);
      return lake.store.list(prefix);
    },
  };
  await createViews({ ...lake, store });
  assert.ok(listed.length > 0);
  await lake.close();
});

Deno.test("several callers can create views at the same time", async () => {
  const location = await fresh();
  await land(location, [toot(1)]);
  const lake = await openLake({ location });
  const ask = async () => {
    await createViews(lake);
    return await lake.query("select uri from mastodon_toot");
  };
  const results = await Promise.all(Array.from({ length: 6 }, ask));
  for (const rows of results) assert.deepEqual(rows, [{ uri: "https://a.example/statuses/1" }]);
  await lake.close();
});

Deno.test("several queries at the same time after a compaction are all answered", async () => {
  const location = await fresh();
  await land(location, [toot(1), toot(2)]);
  await withViews(location, async (lake) => {
    await compact({ location, before: "2099-01-01" });
    const ask = () => lake.query("select max(mastodon_text) as text from mastodon_toot");
    for (const rows of await Promise.all(Array.from({ length: 6 }, ask))) {
      assert.deepEqual(rows, [{ text: "text 2" }]);
    }
  });
});

Deno.test("another topic has its own toots and deletes", async () => {
  const location = await fresh();
  await land(location, [toot(1)]);
  await land(location, [toot(2), toot(3)], [gone(3)], "other");
  const lake = await openLake({ location });
  await createViews(lake, { topic: "other" });
  const rows = await lake.query("select mastodon_text from mastodon_toot");
  await lake.close();
  assert.deepEqual(rows, [{ mastodon_text: "text 2" }]);
});

Deno.test("the error names a truncated file, or one that is not Parquet, in one line", async () => {
  const location = await fresh();
  await land(location, [toot(1)]);
  const folder = join(location, "topics/mastodon-topic/partition=0");
  const whole = await Deno.readFile(join(folder, "mastodon-topic+0+0000000000.zstd.parquet"));
  for (const bytes of [whole.slice(0, whole.length >> 1), new Uint8Array(3), new Uint8Array()]) {
    await Deno.writeFile(join(folder, "mastodon-topic+0+0000000009.zstd.parquet"), bytes);
    const lake = await openLake({ location });
    await assert.rejects(
      createViews(lake),
      { name: "Failure", message: /^[^\n]*0000000009.zstd.parquet[^\n]*$/ },
    );
    await lake.close();
  }
});

Deno.test("the error for a lake that does not exist, or is a file, says what to do", async () => {
  const location = await fresh();
  await assert.rejects(openLake({ location: join(location, "no") }), {
    name: "Failure",
    exitCode: 2,
    message: /no' does not exist; .*LAKE/,
  });
  await Deno.writeTextFile(join(location, "file"), "");
  await assert.rejects(openLake({ location: join(location, "file") }), { exitCode: 2 });
});
