/**
 * Tests the lake in a real object store. These tests need no other part of the stack. The variables
 * S3_… and AWS_… contain its settings, and MINIO_BUCKET names the bucket.
 */
// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { compact } from "../../lake/table/compact.ts";
import { leasePath } from "../../lake/table/compact-lock.ts";
import { newestVersion } from "../../lake/table/read/read-table.ts";
import { versionHintPath } from "../../lake/table/read/table-paths.ts";
import { compactAtOnce } from "../../lake/table/testing/at-once.ts";
import { createViews, openLake } from "../../lake/mod.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { allToots, land } from "../../lake/testing/toots.ts";
import { openLakeSink } from "../../listener/sinks/lake.ts";
import { busyProxy } from "./busy-proxy.ts";
import { httpfs } from "./httpfs.ts";

const bucket = Deno.env.get("MINIO_BUCKET") || "mastodon";
const DAY = 86_400_000;

const away = await openStore(`s3://${bucket}`).list("none/").then(() => null, String);
const required = Deno.env.get("STACK_REQUIRED") === "1";
if (away !== null && !required) console.error(`lake_s3_test.ts: skipped, ${away}`);
const extension = await httpfs();
if (extension !== undefined) Deno.env.set("DUCKDB_HTTPFS", extension);

/** Defines a test with its own lake, which is removed afterwards. */
function s3Test(name: string, run: (location: string) => Promise<void>) {
  Deno.test({
    name,
    ignore: away !== null && !required,
    fn: async () => {
      const location = `s3://${bucket}/lake-test-${crypto.randomUUID()}`;
      try {
        await run(location);
      } finally {
        const store = openStore(location);
        await store.remove((await store.list("")).map(({ path }) => path));
      }
    },
  });
}

const paths = async (location: string, prefix = "") =>
  (await openStore(location).list(prefix)).map(({ path }) => path);

/** Makes a lake of two days: 100 records of 43 toots in 20 files, and four deletes. */
async function twoDays(location: string) {
  const data = await Deno.makeTempDir();
  const sink = await openLakeSink({ location, data, rows: 5 }, () => {});
  for (let seq = 1; seq <= 20; seq++) {
    await sink.write({
      seq,
      toots: Array.from({ length: 5 }, (_, n) => {
        const number = 2 * seq + n;
        return toot(number, {
          posted_at: START + (number % 2) * DAY + number * 1000,
          edited_at: START + 9 * DAY + seq,
        });
      }),
      deletions: seq % 5 === 0 ? [gone(2 * seq)] : [],
      coverage: [],
    });
  }
  await sink.close();
}

s3Test(
  "the sink writes whole objects into a partition of its own, and goes on",
  async (location) => {
    const data = await Deno.makeTempDir();
    for (let run = 0; run < 2; run++) {
      const durable: number[] = [];
      const sink = await openLakeSink({ location, data }, (seq) => durable.push(seq));
      await sink.write({
        seq: 1,
        toots: [toot(2 * run), toot(2 * run + 1)],
        deletions: [gone(1)],
        coverage: [],
      });
      await sink.close();
      assert.deepEqual(durable, [1]);
    }
    const names = await paths(location, `topics/${TOOT_TOPIC}/`);
    const own = Number(/partition=(\d+)/.exec(names[0]!)![1]);
    assert.ok(own >= 1_000_000);
    const name = `topics/${TOOT_TOPIC}/partition=${own}/${TOOT_TOPIC}+${own}`;
    assert.deepEqual(names, [
      `${name}+0000000000.zstd.parquet`,
      `${name}+0000000002.zstd.parquet`,
    ]);
    const rows = await allToots(location);
    assert.deepEqual(rows.map((row) => row["mastodon_text"]), ["text 0", "text 2", "text 3"]);
  },
);

s3Test("a large file goes up in parts", async (location) => {
  const store = openStore(location);
  const scratch = await store.scratch("large");
  // Every four bytes are a different number, so that swapped parts would be noticed.
  const bytes = new Uint8Array(Uint32Array.from({ length: 70 * 2 ** 18 }, (_, i) => i).buffer);
  await Deno.writeFile(scratch, bytes);
  await store.publish(scratch, "large+file", 7);
  assert.equal(await store.rowCount("large+file"), 7);
  const local = await store.local("large+file");
  const read = await Deno.readFile(local.path);
  await local.done();
  assert.ok(read.length === bytes.length && read.every((byte, at) => byte === bytes[at]));
});

s3Test("compaction changes nothing that the view shows", async (location) => {
  await twoDays(location);
  const before = await allToots(location);
  assert.equal(before.length, 43 - 4);
  const summary = await compact({ location });
  assert.equal(summary.days, 2);
  assert.deepEqual(await paths(location, "topics/"), []);
  assert.deepEqual(await allToots(location), before);
  await land(location, [toot(7, { edited_at: START + 99 * DAY, posted_at: START + DAY + 7000 })], [
    gone(8),
  ]);
  const later = await allToots(location);
  assert.equal(later.length, before.length - 1);
  await compact({ location });
  assert.deepEqual(await allToots(location), later);
});

s3Test("a reader whose objects are taken away asks again, and gets the whole", async (location) => {
  await land(location, [toot(1), toot(2)]);
  await land(location, [toot(3)], [gone(1)]);
  const lake = await openLake({ location });
  await createViews(lake);
  const ask = () => lake.query("select sum(characters) as n, count(*) as m from mastodon_toot");
  const before = await ask();
  await compact({ location });
  assert.deepEqual(await ask(), before);
  await lake.close();
});

s3Test("one compaction at a time; a lease that nobody renews ends", async (location) => {
  await twoDays(location);
  const before = await allToots(location);
  let refused = 0;
  await compact({
    location,
    step: async (name) => {
      if (!name.startsWith("wrote")) return;
      await assert.rejects(compact({ location }), /is being compacted by another process/);
      refused++;
    },
  });
  assert.equal(refused, 5);
  assert.deepEqual(await paths(location, leasePath(TOOT_TOPIC)), [], "the lease is given back");

  // A killed compaction left its lease.
  await land(location, [toot(10)]);
  const lease = JSON.stringify({ holder: "x", until: Date.now() + 60_000 });
  await openStore(location).writeText(leasePath(TOOT_TOPIC), lease, null);
  await assert.rejects(compact({ location }), /its lease ends in \d+ s/);
  await compact({ location, now: () => Date.now() + 61_000 });
  assert.equal((await allToots(location)).length, before.length);
});

// A machine wakes up after another one has taken its lease and compacted.
for (
  const [at, lost] of [
    ["wrote deletes", /another process compacted .* published first; nothing is lost/],
    ["published", null],
    ["removing", null],
  ] as const
) {
  s3Test(`a sink, a reader and two compactions work at once: ${at}`, async (location) => {
    await twoDays(location);
    const { error } = await compactAtOnce(location, at, async () => {
      await compact({ location, before: "now", now: () => Date.now() + 600_000 });
      const store = openStore(location);
      const hint = (await store.readText(versionHintPath(TOOT_TOPIC)))!.text;
      assert.equal(Number(hint), await newestVersion(store, TOOT_TOPIC));
    });
    if (lost === null) assert.equal(error, null);
    else assert.match(String(error?.message), lost);
    const store = openStore(location);
    const hint = (await store.readText(versionHintPath(TOOT_TOPIC)))!.text;
    assert.equal(Number(hint), await newestVersion(store, TOOT_TOPIC));
  });
}

s3Test("compaction may be killed at every step, and the view stays as it was", async (location) => {
  const child = fileURLToPath(
    new URL("../../lake/table/testing/compact-until.ts", import.meta.url),
  );
  for (let step = 1;; step++) {
    const lake = `${location}/${step}`;
    await twoDays(lake);
    const before = await allToots(lake);
    const { signal, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", child, lake, String(step)],
    }).output();
    assert.ok(signal === "SIGKILL" || code === 0);
    assert.deepEqual(await allToots(lake), before, `step ${step}`);
    await compact({ location: lake, now: () => Date.now() + 600_000 });
    assert.deepEqual(await allToots(lake), before, `after step ${step}`);
    assert.deepEqual(await paths(lake, "topics/"), []);
    if (signal === null) break;
  }
});

s3Test("wrong keys, a wrong bucket and a refused connection are said in one line", async () => {
  const data = await Deno.makeTempDir();
  const sink = (over: Record<string, string>, location = `s3://${bucket}`) =>
    openLakeSink(
      { location, data, env: (name: string) => over[name] ?? Deno.env.get(name) },
      () => {},
    ).then(() => "opened", (error: Error) => `${error.name}: ${error.message}`);
  const secret = "not-the-secret";
  const keys = await sink({ AWS_SECRET_ACCESS_KEY: secret });
  assert.match(keys, /^Failure: lake 's3:.*refuses \(SignatureDoesNotMatch\)/);
  assert.ok(!keys.includes(secret));
  assert.match(await sink({}, "s3://no-such-bucket-here"), /^Failure: .*no such bucket/);
  assert.match(
    await sink({ S3_ENDPOINT: "127.0.0.1:1" }),
    /^Failure: .*127.0.0.1:1 does not answer/,
  );
  const lake = await openLake({
    location: `s3://${bucket}`,
    env: (name) => name === "AWS_SECRET_ACCESS_KEY" ? secret : Deno.env.get(name),
  });
  const error = await lake.query(`select * from read_parquet('s3://${bucket}/x.parquet')`)
    .catch((error: Error) => error) as Error;
  await lake.close();
  assert.equal(error.name, "Failure");
  assert.ok(!error.message.includes(secret) && !error.message.includes("\n"), error.message);
});

s3Test("compaction waits while the object store answers 503", async (location) => {
  await twoDays(location);
  const before = await allToots(location);
  using proxy = busyProxy(Deno.env.get("S3_ENDPOINT") || "localhost:9000");
  const env = (name: string) => name === "S3_ENDPOINT" ? proxy.address : Deno.env.get(name);
  // At the beginning DuckDB reads the raw files, and at each step files are written and read.
  proxy.refuse(10);
  await compact({ location, env, step: () => proxy.refuse(5) });
  assert.ok(proxy.refused >= 30, `${proxy.refused} requests were refused`);
  assert.deepEqual(await paths(location, "topics/"), []);
  assert.deepEqual(await allToots(location), before);
});
