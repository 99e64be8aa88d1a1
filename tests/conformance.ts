/**
 * Questions that the engines `native` and `wasm` must answer alike: the notebook's questions, every
 * column of the lake, every type, every kind of parameter.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writeLake } from "../bench/lake/layouts.ts";
import { questions } from "../bench/lake/questions.ts";
import { type Heard, heardToots } from "../bench/lake/toots.ts";
import { compact } from "../lake/table/compact.ts";
import type { EngineName, Lake, Row, Value } from "../lake/engine/lake.ts";
import { topicFolder } from "../lake/store/layout.ts";
import { openLake } from "../lake/engine/open.ts";
import { type Toot, TOOT_COLUMNS, TOOT_TOPIC } from "../record/record.ts";
import { openStore } from "../lake/store/open-store.ts";
import { createViews } from "../lake/views/views.ts";
import { toot } from "./seeded-toot.ts";

/** Records with values at their limits, and with texts that are easily damaged. */
const EDGES: Partial<Toot>[] = [
  { m_id: 2n ** 63n - 1n, created_at: 2 ** 31 - 1, favourites: 2 ** 31 - 1, characters: 0 },
  { m_id: -(2n ** 63n), created_at: -(2 ** 31), favourites: 0, posted_at: -62_135_596_800_000 },
  { m_id: 2n ** 53n + 1n, posted_at: 253_402_300_799_999, edited_at: -1, observed_at: 1 },
  { m_id: null, created_at: null, posted_at: Date.UTC(1969, 11, 31, 23, 59, 59, 999) },
  { mastodon_text: "", username: "", hashtags: [], app: "" },
  { mastodon_text: 'it\'s "quoted", 100 % $p1 ${x} \\ -- no comment\n\r\t\u0001', hashtags: [""] },
  {
    mastodon_text: "👩‍👩‍👧‍👦 مرحبا 日本語 ﷽ e\u0301 \u{10ffff}",
    hashtags: ["日本", "ÜBER", "#"],
    language: "ja",
  },
  {
    mastodon_text: "long ".repeat(50_000),
    hashtags: Array.from({ length: 300 }, (_, i) => `t${i}`),
  },
  {
    ...{ m_id: null, app: null, url: null, username: null, mastodon_text: null, origin: null },
    ...{ author: null, visibility: null, sensitive: null, reply: null, reblogs: null },
    ...{ replies: null, media: null, hashtags: null, transport: null, withheld: "noindex" },
  },
];

/** Generates 3,000 toots of simulated servers with their deletes, and the {@linkcode EDGES}. */
function* records(): Generator<Heard> {
  yield* heardToots({ toots: 3_000, federates: 0.5 });
  for (const [i, edge] of EDGES.entries()) {
    const whole = toot({ uri: `https://edge.example/${i}`, posted_at: Date.UTC(2026, 9, 30, i) });
    yield { kind: "toot", toot: { ...whole, ...edge } };
  }
}

/** The lakes to query. The views read a few files in place, but load many files into a table. */
export const LAKES = [
  { name: "few files", rows: 1_000, compacted: false },
  { name: "many files", rows: 100, compacted: false },
  { name: "compacted days and fresh files", rows: 100, compacted: true },
] as const;

/**
 * Makes a lake of files with `rows` records each. One file is like those of the original project:
 * fourteen columns, compressed with snappy. Compaction leaves out the last file, because its
 * records reach the year 9999.
 */
export async function conformanceLake(
  location: string,
  { rows, compacted }: { rows: number; compacted: boolean },
): Promise<void> {
  await writeLake(location, records(), rows);
  const path = `${topicFolder(TOOT_TOPIC)}partition=9/${TOOT_TOPIC}+9+0000000000.snappy.parquet`;
  const store = openStore(location);
  const scratch = await store.scratch("original");
  const columns = TOOT_COLUMNS.slice(0, 14).map(({ name }) => name).join(", ");
  const native = await openLake({ location, engine: "native" });
  try {
    await native.exec(`copy (
      select ${columns} from read_parquet('${store.url(topicFolder(TOOT_TOPIC))}partition=0/*')
      where m_id is not null order by m_id limit 50
    ) to '${scratch}' (format parquet, compression snappy)`);
  } finally {
    await native.close();
  }
  await store.publish(scratch, path, 50);
  if (!compacted) return;
  const { waiting, files } = await compact({ location, before: "2026-11-02" });
  assert.ok(waiting > 0 && files > 0);
}

/** Statements with all types that an answer may contain. */
const TYPES: readonly string[] = [
  "select null as a, true as b, false as c",
  "select 1::tinyint as a, -2::smallint as b, 3::integer as c, 4::utinyint as d, 5::uinteger as e",
  "select 9223372036854775807::bigint as a, (-9223372036854775808)::bigint as b, 1::ubigint as c",
  "select sum(i) as a, sum(-i) as b, count(*) as c from range(10) r(i)",
  "select 170141183460469231731687303715884105727::hugeint as a",
  "select 0.1::double as a, 1.5::float as b, 12.50::decimal(5,2) as c, -0.001::decimal(9,3) as d",
  "select 100.0 * 7 / 3 as a, avg(i) as b, round(avg(i), 1) as c from range(10) r(i)",
  "select 'x' as a, '' as b, 'é日👍' as c",
  "select date '2026-11-02' as a, date '1969-12-31' as b, date '0001-01-01' as c",
  "select timestamp '2026-11-02 12:34:56.789' as a, timestamp '1969-12-31 23:59:59.999' as b",
  "select timestamptz '2026-11-02 12:34:56.789+02' as a, timestamptz '1900-01-01 00:00:00+00' as b",
  "select [1, null, 3] as a, []::varchar[] as b, ['a', ''] as c, [[1], []] as d, null::bigint[] as e",
  "select [timestamp '2026-11-02 00:00:00'] as a, [sum(i)] as b, list(i order by i) as c from range(3) r(i)",
  "select {'n': 1, 'when': date '2026-11-02', 'tags': ['a', null]} as a, null::struct(x int) as b",
  "select [{'k': 'a', 'n': count(*)}] as a from range(3) r(i)",
  "select quantile_cont(i, 0.25) as a, quantile_cont(i, [0.5, 0.9]) as b, median(i) as c from range(10) r(i)",
  "select strftime(timestamp '2026-11-02 03:04:05', '%Y/%m/%d %a') as a, date_part('hour', timestamp '2026-11-02 03:04:05') as b",
];

/** Statements with parameters of every type, in every position that allows them. */
const PARAMETERS: readonly [string, Record<string, Value>][] = [
  ["select $a as a, $b as b, $c as c", { a: 1, b: 2.5, c: -(2 ** 40) }],
  ["select $a as a, $b as b", { a: 2n ** 63n - 1n, b: 3n }],
  ["select $a as a, $b as b, $c as c", { a: "it's $b -- ;", b: "", c: '日本語 \\ "' }],
  ["select $a as a, $b as b, $c::varchar as c", { a: true, b: false, c: null }],
  ['select $a as a, \'$a\' as b, "$a" as c /* $b */ from (select 1 as "$a") -- $c', { a: "x" }],
  ["select $a as a", { a: new Date(Date.UTC(2026, 10, 2, 1, 2, 3, 4)) }],
  ["select $a as a, $b as b", { a: ["x", "y'"], b: [1, 2, 3] }],
  ["select $a.n as n, $a.s as s", { a: { n: 1, s: "é" } }],
  ["select i::int as i from range(10) r(i) where i >= $from order by i limit $n", {
    from: 3,
    n: 2,
  }],
  ["select count(*) as n from mastodon_toot where language in ($a, $b)", { a: "en", b: "de" }],
  ["select count(*) as n from mastodon_toot where created_tz < $t", {
    t: new Date(Date.UTC(2026, 9, 30)),
  }],
  ["select count(*) as n from mastodon_toot where mastodon_text ilike '%' || $w || '%'", {
    w: "recht",
  }],
];

/** Statements that must fail with a message of one line. */
const FAILURES: readonly [string, Record<string, Value>?][] = [
  ["select"],
  ["select * from nowhere"],
  ["select 'x'::int"],
  // Fails after the first rows.
  ["select case when i = 150000 then ('x' || i)::int else i end from range(200000) r(i)"],
  ["select $a", {}],
  ["select 1", { a: 1 }],
  ["select * from read_parquet('nowhere/*.parquet')"],
];

/** Rows, or the message of an error. */
type Answer = Row[] | { says: string };

/** Returns all answers of one engine about a lake. */
async function ask(location: string, engine: EngineName): Promise<Record<string, Answer>> {
  const store = openStore(location);
  const raw = topicFolder(TOOT_TOPIC);
  const [newest] = (await store.list(raw)).filter(({ path }) => path.endsWith(".parquet"));
  const scope = {
    newestFile: store.url(newest!.path),
    settings: { words: ["menschen", "rights", "権利", "it's", "%", "$p1"] },
  };
  const lake: Lake = await openLake({ location, engine });
  const answers: Record<string, Answer> = {};
  const put = async (name: string, sql: string, params?: Record<string, Value>) => {
    answers[name] = await lake.query(sql, params).catch(({ message }) => ({ says: message }));
  };
  try {
    await createViews(lake);
    for (const { name, sql, params } of await questions(scope)) await put(name, sql, params);
    for (const view of ["mastodon_toot_raw", "mastodon_toot", "language"]) {
      const columns = "select column_name, data_type from information_schema.columns " +
        "where table_schema = 'main' and table_name = $view order by ordinal_position";
      await put(`columns of ${view}`, columns, { view });
    }
    const one = "uri, url, m_id, base_url, observed_at, edited_at";
    await put("raw rows", `select * from mastodon_toot_raw order by ${one}`);
    await put("toots", `select * from mastodon_toot order by ${one}`);
    await put("languages", "select * from language order by lang_iso");
    await put(
      "files as they lie there",
      `select m_id, uri, posted_at, bot, mastodon_text from read_parquet('${store.url(raw)}*/*',
         union_by_name = true) order by m_id, uri, observed_at`,
    );
    await put(
      "folders",
      `select filename, count(*) as n from read_parquet('${store.url(raw)}*/*.parquet',
         filename = true, union_by_name = true) group by 1 order by 1`,
    );
    for (const sql of TYPES) await put(sql, sql);
    for (const [sql, params] of PARAMETERS) await put(sql, sql, params);
    for (const [sql, params] of FAILURES) {
      const error = await lake.query(sql, params).then(() => null, (error) => error);
      assert.equal(error?.name, "Failure", `${engine}: ${sql}: ${error}`);
      assert.ok(!/\n/.test(error.message), error.message);
    }
  } finally {
    await lake.close();
  }
  return answers;
}

/** Asks both engines all questions, and compares the answers. */
export async function assertConformance(location: string): Promise<void> {
  const native = await ask(location, "native");
  const wasm = await ask(location, "wasm");
  const different: string[] = [];
  for (const [name, answer] of Object.entries(native)) {
    try {
      if ("says" in answer) throw new Error(`native says ${answer.says}`);
      assert.deepEqual(wasm[name], answer);
    } catch (error) {
      different.push(`${name}\n${(error as Error).message}`);
    }
  }
  assert.equal(different.length, 0, different.join("\n\n"));
  // This makes sure that the answers are not empty.
  assert.ok((native["toots"] as Row[]).length > 1_000);
  assert.ok(Object.keys(native).length > 40);
}
