import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { compact, type CompactOptions, type CompactSummary } from "./compact.ts";
import { summaryLines } from "./compact-command.ts";
import { lakePath, readTable } from "./read/read-table.ts";
import { fence } from "./commit.ts";
import { readAvroFile } from "./iceberg/avro-file.ts";
import { STATUS, writeManifest } from "./iceberg/manifest.ts";
import { currentSchema } from "./iceberg/metadata.ts";
import { evolveSchema } from "./iceberg/schema.ts";
import { COMPACTED_COLUMNS } from "../truth/source-sql.ts";
import { openLake } from "../engine/open.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { openStore } from "../store/open-store.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { allToots, land, withViews, writeSql } from "../testing/toots.ts";
import { createViews } from "../views/views.ts";

const DAY = 86_400_000;
const onB = (id: number) => ({ base_url: "https://b.example", status_id: String(id) });

/** Makes a lake of three days with edits, copies from two servers, and deletes. */
async function threeDays(): Promise<string> {
  const location = await Deno.makeTempDir();
  for (let day = 0; day < 3; day++) {
    const at = (n: number) => ({ posted_at: START + day * DAY + n * 60_000 });
    const id = day * 100;
    await land(location, [
      ...Array.from({ length: 20 }, (_, n) => toot(id + n, at(n))),
      toot(id + 1, { ...at(1), edited_at: START + 9 * DAY, mastodon_text: "edited", words: 9 }),
      toot(id + 2, { ...at(2), ...onB(id + 2), app: "Tusky" }),
      toot(id + 3, { ...at(3), ...onB(id + 3) }),
      toot(id + 4, { ...at(4), language: "ja", username: "bo" }),
    ], [gone(id + 5), gone(id + 3)]);
  }
  return location;
}

const run = (location: string, options: Partial<CompactOptions> = {}): Promise<CompactSummary> =>
  compact({ location, ...options });

async function paths(location: string, prefix = ""): Promise<string[]> {
  return (await openStore(location).list(prefix)).map(({ path }) => path)
    .filter((path) => path.endsWith(".parquet"));
}

/** Returns all values in the Parquet files of a lake as text. */
async function texts(location: string): Promise<string> {
  const lake = await openLake({ location });
  const files = await paths(location);
  const rows = files.length === 0 ? [] : await lake.query(
    `select to_json(columns(*))::VARCHAR from read_parquet([${
      files.map((path) => `'${join(location, path)}'`)
    }], union_by_name = true)`,
  );
  await lake.close();
  return JSON.stringify(rows);
}

Deno.test("compaction changes nothing that the view shows", async () => {
  const location = await threeDays();
  const before = await allToots(location);
  assert.equal(before.length, 54);
  const summary = await run(location);
  assert.deepEqual(await allToots(location), before);
  assert.deepEqual({ ...summary, rawBytes: 0, bytes: 0 }, {
    ...{ dryRun: false, rawFiles: 6, rawBytes: 0, records: 72, waiting: 0 },
    ...{ days: 3, files: 1, rows: 54, bytes: 0, duplicates: 9, deleted: 6, dropped: 0 },
  });
  assert.deepEqual(await paths(location, "topics/"), []);
  // Days with few toots share a file.
  const [data, ...side] = (await paths(location, "compacted/")).map((path) =>
    path.replace(/^compacted\/mastodon-topic\//, "").replace(/(-0-.{8}\.zstd|-.{36})\.parquet$/, "")
  );
  assert.equal(data, "data/2026-01/2026-01-01_2026-01-03");
  assert.deepEqual(side, ["metadata/deletions", "metadata/index", "metadata/posts"]);
  // A second compaction has nothing to do.
  assert.equal((await run(location)).rawFiles, 0);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("compaction removes deleted toots from the disk, also if the delete arrives later", async () => {
  const location = await threeDays();
  await land(location, [toot(900, { mastodon_text: "burn this" }), toot(900, onB(71))]);
  await run(location);
  assert.match(await texts(location), /burn this/);
  // The home server deletes the post. A delete by another server would remove only its copy.
  await land(location, [], [gone(71, "https://b.example")]);
  assert.equal((await allToots(location)).length, 55);
  await land(location, [], [gone(900)]);
  const before = await allToots(location);
  assert.equal(before.length, 54, "the view honours it at once");
  const summary = await run(location);
  assert.equal(summary.days, 1, "and only its day is written again");
  assert.equal(summary.deleted, 1);
  assert.doesNotMatch(await texts(location), /burn this/);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("a deleted toot stays deleted when another server's records arrive late", async () => {
  const location = await threeDays();
  await run(location);
  await land(location, [toot(5, onB(5))]);
  assert.equal((await allToots(location)).length, 54);
  await run(location);
  assert.equal((await allToots(location)).length, 54);
});

Deno.test("late records of a compacted day are shown at once, and compacted by the next run", async () => {
  const location = await threeDays();
  await run(location);
  await land(location, [
    toot(7, { posted_at: START + 7 * 60_000, edited_at: START + DAY, mastodon_text: "late edit" }),
    toot(8, { posted_at: START + 8 * 60_000, observed_at: 1, mastodon_text: "older sighting" }),
    toot(60, { posted_at: START + 60_000, mastodon_text: "late toot" }),
  ]);
  const before = await allToots(location);
  assert.equal(before.length, 55);
  assert.equal(before.filter((row) => /^late/.test(String(row["mastodon_text"]))).length, 2);
  assert.ok(!before.some((row) => row["mastodon_text"] === "older sighting"));
  const summary = await run(location);
  assert.equal(summary.days, 1);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("a file with toots of an unfinished day is not compacted yet", async () => {
  const location = await threeDays();
  const before = await allToots(location);
  const now = () => START + 2 * DAY + 3_600_000;
  // The file of the third day was written today, and has toots of today.
  const summary = await run(location, { before: "2026-01-03" });
  assert.deepEqual([summary.waiting, summary.days], [1, 2]);
  assert.deepEqual(await allToots(location), before);
  assert.equal((await run(location, { before: "2026-01-03", now })).rawFiles, 0);
  // Toots from the future wait only while their file is new.
  await land(location, [
    toot(1, { uri: "future", posted_at: Date.UTC(2126, 0, 1), created_at: null }),
  ]);
  assert.equal((await run(location, { before: "2026-01-04" })).waiting, 1);
  const tomorrow = new Date(Date.now() + DAY).toISOString().slice(0, 10);
  assert.equal((await run(location, { before: tomorrow })).waiting, 0);
  assert.equal((await allToots(location)).length, before.length + 1);
});

Deno.test("--dry-run changes nothing, and says what would be done", async () => {
  const location = await threeDays();
  const before = await paths(location);
  const { rawFiles, records, days, dryRun } = await run(location, { dryRun: true });
  assert.deepEqual({ rawFiles, records, days, dryRun }, {
    ...{ rawFiles: 6, records: 72, days: 3, dryRun: true },
  });
  assert.deepEqual(await paths(location), before);
});

Deno.test("--retain drops days that are older", async () => {
  const location = await threeDays();
  await run(location);
  await land(location, [toot(8, { posted_at: START + 8 * 60_000 })]);
  const now = () => START + 4 * DAY + 3_600_000;
  const summary = await run(location, { retain: 3, now, before: "2026-01-05" });
  assert.equal(summary.dropped, 1);
  const rows = await withViews(
    location,
    (lake) =>
      lake.query("select distinct strftime(created_tz, '%d') as day from mastodon_toot order by 1"),
  );
  assert.deepEqual(rows, [{ day: "02" }, { day: "03" }]);
  assert.doesNotMatch((await paths(location)).join(), /date=2026-01-01/);
});

Deno.test("a new file with the name of a compacted file is read", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1)]);
  await run(location);
  await land(location, [toot(2)]);
  assert.deepEqual(await paths(location, "topics/"), [
    "topics/mastodon-topic/partition=0/mastodon-topic+0+0000000000.zstd.parquet",
  ]);
  assert.equal((await allToots(location)).length, 2);
});

Deno.test("toots of files without posted_at or uri are kept, each once", async () => {
  const location = await Deno.makeTempDir();
  const lake = await openLake({ location });
  const folder = join(location, "topics/mastodon-topic/partition=0");
  await Deno.mkdir(folder, { recursive: true });
  await lake.exec(`copy (
    select * from (values
      (1::BIGINT, 1767225600, 'https://c.example', 'https://c.example/@cy/1', 'one'),
      (1::BIGINT, 1767225600, 'https://c.example', 'https://c.example/@cy/1', 'one'),
      (null, null, 'https://c.example', null, 'no key'),
      (null, null, 'https://c.example', null, 'no key either')
    ) as t(m_id, created_at, base_url, url, mastodon_text)
  ) to '${folder}/mastodon-topic+0+0000000000.snappy.parquet' (format parquet)`);
  await lake.close();
  const before = await allToots(location);
  assert.equal(before.length, 3);
  await run(location);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("of two compactions at once, one works and the other says that one is running", async () => {
  const location = await threeDays();
  const before = await allToots(location);
  const second: Promise<unknown>[] = [];
  await run(location, {
    step: (name) => {
      if (name.startsWith("wrote")) second.push(run(location).catch((error) => error.message));
    },
  });
  for (const message of await Promise.all(second)) {
    assert.match(String(message), /is being compacted by another process$/);
  }
  assert.equal(second.length, 5);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("the second of two competing commits is refused, and changes nothing", async () => {
  const location = await threeDays();
  const before = await allToots(location);
  const store = openStore(location);
  await assert.rejects(
    run(location, {
      step: async (name) => {
        if (name !== "wrote deletes") return;
        const place = { store, topic: TOOT_TOPIC, now: Date.now, step: () => {} };
        await fence(place, await readTable(store, TOOT_TOPIC), evolveSchema(COMPACTED_COLUMNS, []));
      },
    }),
    { name: "Failure", message: /another process compacted the lake .* nothing is lost/ },
  );
  assert.deepEqual(await allToots(location), before);
});

Deno.test("a reader whose files were removed retries, and gets the complete result", async () => {
  const location = await threeDays();
  const lake = await openLake({ location });
  await createViews(lake);
  const ask = () => lake.query("select count(*) as n, sum(words) as words from mastodon_toot");
  const before = await ask();
  await run(location);
  assert.deepEqual(await paths(location, "topics/"), [], "the view's files are gone");
  assert.deepEqual(await ask(), before);
  await land(location, [], [gone(9)]);
  await run(location);
  assert.deepEqual((await ask())[0]!["n"], 53n, "and sees what came since, as it must");
  await lake.close();
});

Deno.test("compaction does not disturb a running writer", async () => {
  const location = await threeDays();
  let n = 1000;
  await run(location, {
    step: async () => await land(location, [toot(n++), toot(n++)]),
  });
  assert.equal((await allToots(location)).length, 54 + (n - 1000));
  await run(location);
  assert.equal((await allToots(location)).length, 54 + (n - 1000));
});

Deno.test("a day's and a language's queries skip the other row groups", async () => {
  const location = await Deno.makeTempDir();
  await writeSql(
    location,
    "topics/mastodon-topic/partition=0/mastodon-topic+0+0000000000.zstd.parquet",
    `select 'https://a.example/' || n as uri, ['de', 'en', 'fr', 'ja'][1 + n % 4] as language,
      n::INTEGER as words,
      TIMESTAMPTZ '2026-01-01 00:00:00+00' + interval (n % 2) day + interval (n) millisecond
        as posted_at
    from range(400_000) as t(n)`,
  );
  await run(location);
  await withViews(location, async (lake) => {
    /**
     * Counts the row groups that a query for these values must read, according to the statistics.
     */
    const groups = async (column: string, low: string, high: string) => {
      const [row] = await lake.query<{ all: number; open: number }>(
        `select count(*)::INTEGER as all,
          count(*) filter (where stats_max >= '${low}' and stats_min <= '${high}')::INTEGER as open
         from parquet_metadata('${location}/compacted/mastodon-topic/data/*/*.parquet')
         where path_in_schema = '${column}'`,
      );
      return row!;
    };
    const days = await groups("created_tz", "2026-01-02", "2026-01-03");
    assert.ok(days.open <= days.all / 2, `${days.open} of ${days.all} for a day`);
    const languages = await groups("language", "ja", "ja");
    assert.ok(languages.open <= languages.all / 2, `${languages.open} of ${languages.all} for ja`);
    // The views pass the filter on to the files.
    for (const filter of ["created_tz >= '2026-01-02'", "language = 'ja'"]) {
      const plan = JSON.stringify(
        await lake.query(`explain select sum(words) from mastodon_toot where ${filter}`),
      );
      const column = filter.split(" ")[0];
      assert.match(plan, new RegExp(`READ_PARQUET((?!READ_PARQUET).)*Filters:[^:]*${column}`));
    }
  });
});

Deno.test("repeated long texts are stored once in a row group, and other texts as they are", async () => {
  const location = await Deno.makeTempDir();
  // The different texts have 3 MB together.
  await writeSql(
    location,
    "topics/mastodon-topic/partition=0/mastodon-topic+0+0000000000.zstd.parquet",
    `select 'https://a.example/' || n as uri, 'en' as language,
      TIMESTAMPTZ '2026-01-01 00:00:00+00' + interval (n) millisecond as posted_at,
      repeat('long ', 40) || (n % 14_000) as mastodon_text
    from range(30_000) as t(n)`,
  );
  await run(location);
  await withViews(location, async (lake) => {
    const rows = await lake.query(
      `select path_in_schema as column, encodings
       from parquet_metadata('${location}/compacted/mastodon-topic/data/*/*.parquet')
       where path_in_schema in ('mastodon_text', 'uri') order by 1`,
    );
    assert.deepEqual(rows, [
      { column: "mastodon_text", encodings: "PLAIN_DICTIONARY" },
      { column: "uri", encodings: "PLAIN" },
    ]);
  });
});

/**
 * Returns the whole content of the lake as text: rows and statistics of Parquet, unpacked Avro, and
 * all other files.
 */
async function allText(location: string): Promise<string> {
  const store = openStore(location);
  const found = [await texts(location)];
  const lake = await openLake({ location });
  for (const { path } of await store.list("")) {
    const file = join(location, path);
    const bytes = await Deno.readFile(file);
    found.push(new TextDecoder("latin1").decode(bytes));
    if (path.endsWith(".avro")) {
      const { metadata, records } = readAvroFile(bytes);
      found.push(
        Deno.inspect(metadata),
        Deno.inspect(records, { depth: 9, strAbbreviateSize: 1e9 }),
      );
      const bounds = (records as { data_file?: Record<"lower_bounds" | "upper_bounds", object> }[])
        .flatMap(({ data_file: one }) => one ? [one.lower_bounds, one.upper_bounds] : []);
      for (const { value } of bounds.flat() as { value: Uint8Array }[]) {
        found.push(new TextDecoder("latin1").decode(value));
      }
    }
    if (path.endsWith(".parquet")) {
      const statistics = await lake.query(
        `select stats_min_value, stats_max_value from parquet_metadata('${file}')`,
      );
      found.push(JSON.stringify(statistics));
    }
  }
  await lake.close();
  return found.join("\n");
}

/** These values sort first or last in their columns, so they are the columns' bounds. */
const SECRET = {
  ...{ mastodon_text: "aaa-secret", url: "https://zzz-secret.example/@x/1", username: "~secret" },
  ...{ origin: "zzz-secret.example", app: "zzz-secret app" },
};

Deno.test("no byte of a deleted toot remains in any file or snapshot of the lake", async () => {
  const location = await threeDays();
  await land(location, [toot(900, SECRET)]);
  await run(location);
  assert.match(await allText(location), /secret/);
  await land(location, [toot(901, { posted_at: START + 40 * DAY })]);
  await run(location);
  const store = openStore(location);
  assert.equal((await readTable(store, TOOT_TOPIC)).metadata!.snapshots.length, 2);
  await land(location, [], [gone(900)]);
  await run(location);
  assert.doesNotMatch(await allText(location), /secret/);
  assert.equal((await readTable(store, TOOT_TOPIC)).metadata!.snapshots.length, 1);
});

Deno.test("a manifest of an earlier release loses the bounds of removed files", async () => {
  const location = await threeDays();
  await run(location);
  await land(location, [], [gone(9)]);
  await run(location);
  const store = openStore(location);
  const table = () => readTable(openStore(location), TOOT_TOPIC);
  const { metadata, manifests: [manifest] } = await table();
  const bounds = new Map([[1, Buffer.from("secret")]]);
  const entries = manifest!.entries.map((entry) =>
    entry.status === STATUS.deleted
      ? { ...entry, data_file: { ...entry.data_file, lower_bounds: bounds, upper_bounds: bounds } }
      : entry
  );
  assert.notDeepEqual(entries, manifest!.entries);
  const path = lakePath(manifest!.file.manifest_path, metadata!.location, TOOT_TOPIC);
  await Deno.writeFile(
    join(store.location, path),
    writeManifest(currentSchema(metadata!), entries),
  );
  await land(location, [toot(901, { posted_at: START + 40 * DAY })]);
  await run(location);
  assert.doesNotMatch(JSON.stringify((await table()).manifests, saved), /secret/);
  assert.equal((await allToots(location)).length, 54);
});

/** Shows the entries of maps, and bytes as text. */
function saved(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value.values()].map(String);
  return value;
}

Deno.test("no byte of an author who opted out remains in any file of the lake", async () => {
  const location = await threeDays();
  const author = { author_key: "key of the author", home: true };
  await land(location, [toot(900, { ...author, ...SECRET })]);
  await run(location);
  assert.match(await allText(location), /secret/);
  const no = { withheld: "noindex", mastodon_text: null, url: null, username: null, author: null };
  await land(location, [toot(901, { ...author, ...no, posted_at: START + 40 * DAY })]);
  await run(location);
  assert.doesNotMatch(await allText(location), /secret/);
  assert.equal((await allToots(location)).length, 56, "the toots still count");
});

Deno.test("an opt-out removes records of earlier versions, which have no key, from other days", async () => {
  const location = await threeDays();
  const author = "baker@a.example";
  const old = { uri_key: null, author_key: null, home: null, origin: null };
  await land(location, [
    toot(900, { ...old, author, posted_at: START - 20 * DAY, mastodon_text: "burn this" }),
    toot(901, { ...old, author: "other@a.example", mastodon_text: "keep this" }),
  ]);
  await run(location);
  await land(location, [
    toot(902, { author, author_key: "key of the author", home: true, mastodon_text: "and this" }),
  ]);
  await run(location);
  const no = { withheld: "noindex", mastodon_text: null, url: null, username: null, author: null };
  await land(location, [
    toot(903, { ...no, author_key: "key of the author", posted_at: START + 40 * DAY }),
  ]);
  const shown = await allToots(location);
  assert.doesNotMatch(JSON.stringify(shown, String), /burn|and this/);
  await run(location);
  assert.deepEqual(await allToots(location), shown);
  assert.match(await texts(location), /keep this/);
  assert.doesNotMatch(await texts(location), /burn|and this/);
});

Deno.test("an opt-out of an unfinished day removes the author's earlier texts at once", async () => {
  const location = await threeDays();
  const author = { author_key: "key of the author", home: true };
  await land(location, [toot(900, { ...author, mastodon_text: "burn this" })]);
  await run(location);
  const no = { withheld: "noindex", mastodon_text: null, url: null, username: null, author: null };
  const today = { posted_at: Date.now() };
  await land(location, [
    toot(901, { ...author, ...today, mastodon_text: "said today" }),
    toot(902, { ...author, ...today, ...no }),
  ]);
  const { days, waiting } = await run(location, { dryRun: true });
  assert.deepEqual({ days, waiting }, { days: 1, waiting: 1 });
  assert.match(await texts(location), /burn this/);
  const summary = await run(location);
  const { rawFiles, rows } = summary;
  assert.deepEqual({ rawFiles, waiting: summary.waiting, rows }, {
    ...{ rawFiles: 0, waiting: 1, rows: 55 },
  });
  assert.match(
    summaryLines(summary)[0]!,
    /^rewrote 1 days with toots of authors who opted out$/,
  );
  assert.doesNotMatch(await texts(location), /burn this/);
  // The raw file waits, and the views hide the text in it.
  assert.match(await texts(location), /said today/);
  assert.doesNotMatch(JSON.stringify(await allToots(location), String), /said today|burn this/);
  // A known opt-out rewrites nothing, and its raw file is compacted when its day is over.
  assert.deepEqual(summaryLines(await run(location)), [
    "nothing to compact",
    "1 raw files will be compacted when their day is over",
  ]);
  await run(location, { before: "now" });
  assert.doesNotMatch(await texts(location), /said today/);
  assert.equal((await allToots(location)).length, 57);
});

Deno.test("a moved lake can be read, and its next compaction writes the new location", async () => {
  const location = await threeDays();
  await run(location);
  await run(location);
  const before = await allToots(location);
  const moved = join(await Deno.makeTempDir(), "elsewhere");
  await Deno.rename(location, moved);
  assert.deepEqual(await allToots(moved), before);
  await land(moved, [toot(60)]);
  await run(moved);
  assert.equal((await allToots(moved)).length, before.length + 1);
  const { metadata, manifests } = await readTable(openStore(moved), TOOT_TOPIC);
  const stated = [
    metadata!.location,
    ...manifests.flatMap(({ entries }) => entries.map(({ data_file }) => data_file.file_path)),
  ];
  for (const path of stated) assert.ok(path.startsWith(moved), path);
});

Deno.test("a delete of one day reads and rewrites that day only", async () => {
  const location = await Deno.makeTempDir();
  for (let day = 0; day < 3; day++) {
    await writeSql(
      location,
      `topics/mastodon-topic/partition=0/mastodon-topic+0+000000000${day}.zstd.parquet`,
      `select 'https://a.example/' || (${day} * 100_000 + n) as uri, 'en' as language,
        'https://a.example' as base_url, (${day} * 100_000 + n)::VARCHAR as status_id,
        TIMESTAMPTZ '2026-01-01 00:00:00+00' + interval (${day}) day + interval (n) millisecond
          as posted_at
      from range(62_000) as t(n)`,
    );
  }
  await run(location);
  const files = async () => (await paths(location, "compacted/mastodon-topic/data/"));
  const before = await files();
  assert.equal(before.length, 3);
  await land(location, [], [gone(100_005)]);
  const { days, deleted } = await run(location);
  assert.deepEqual({ days, deleted }, { days: 1, deleted: 1 });
  const after = await files();
  assert.deepEqual(before.map((path) => after.includes(path)), [true, false, true]);
});

Deno.test("a signal stops a compaction, and nothing is lost", async () => {
  const location = await threeDays();
  const before = await allToots(location);
  for (const at of ["wrote deletes", "wrote manifests", "published"]) {
    const stopping = new AbortController();
    await land(location, [toot(3)]);
    await assert.rejects(
      run(location, {
        signal: stopping.signal,
        step: (name) => {
          if (name === at) stopping.abort("SIGTERM");
        },
      }),
      { name: "Failure", message: "stopped by SIGTERM; nothing is lost" },
    );
    assert.deepEqual(await allToots(location), before, at);
  }
  await run(location);
  assert.deepEqual(await allToots(location), before);
});

Deno.test("--before now compacts today's toots", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1, { posted_at: Date.now() })]);
  assert.equal((await run(location)).waiting, 1);
  assert.equal((await run(location, { before: "now" })).rows, 1);
});
