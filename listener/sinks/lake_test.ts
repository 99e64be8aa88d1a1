import assert from "node:assert/strict";
import { join } from "node:path";
import { createViews, openLake } from "../../lake/mod.ts";
import { covered, gone, toot } from "../../record/testing/toot.ts";
import { type LakeSinkOptions, openLakeSink } from "./lake.ts";

/** Makes a lake in a new folder, and a sink that writes it. */
async function open(options: Partial<LakeSinkOptions> = {}) {
  const data = await Deno.makeTempDir();
  const location = join(data, "lake");
  const durable: number[] = [];
  const sink = await openLakeSink({ location, data, ...options }, (seq) => durable.push(seq));
  return { data, location, durable, sink };
}

async function count(location: string): Promise<{ raw: bigint; toots: bigint }> {
  const lake = await openLake({ location });
  try {
    await createViews(lake);
    const [row] = await lake.query<{ raw: bigint; toots: bigint }>(
      "select (select count(*) from mastodon_toot_raw) as raw, count(*) as toots from mastodon_toot",
    );
    return row!;
  } finally {
    await lake.close();
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("batches become files of the lake, and are then durable", async () => {
  const { location, durable, sink } = await open({ rows: 3 });
  await sink.write({ seq: 1, toots: [toot(1), toot(2)], deletions: [], coverage: [] });
  assert.deepEqual(durable, []);
  await sink.write({
    seq: 2,
    toots: [toot(3), toot(4)],
    deletions: [gone(1)],
    coverage: [covered(1)],
  });
  await sink.write({ seq: 3, toots: [toot(5)], deletions: [], coverage: [] });
  await sink.flush();
  assert.deepEqual(durable, [2, 3]);
  await sink.close();
  assert.deepEqual(names(join(location, "topics/mastodon-topic/partition=0")), [
    "mastodon-topic+0+0000000000.zstd.parquet",
    "mastodon-topic+0+0000000004.zstd.parquet",
  ]);
  assert.deepEqual(names(join(location, "topics/mastodon-delete-topic/partition=0")), [
    "mastodon-delete-topic+0+0000000000.zstd.parquet",
  ]);
  assert.deepEqual(names(join(location, "topics/mastodon-coverage-topic/partition=0")), [
    "mastodon-coverage-topic+0+0000000000.zstd.parquet",
  ]);
  assert.deepEqual(await count(location), { raw: 5n, toots: 4n });
});

Deno.test("coverage is read back unchanged", async () => {
  const { location, sink } = await open();
  const lost = covered(2, { outcome: "lost", statuses: null, cause: "closed 1006" });
  await sink.write({ seq: 1, toots: [], deletions: [], coverage: [lost, covered(1)] });
  await sink.close();
  const lake = await openLake({ location });
  const rows = await lake.query(
    `select * exclude (partition) replace (epoch_ms("from") as "from", epoch_ms(until) as until,
       epoch_ms(recorded_at) as recorded_at)
     from read_parquet('${location}/topics/mastodon-coverage-topic/*/*') order by "from"`,
  );
  await lake.close();
  const got = rows.map((row) => ({
    ...{ ...row, from: Number(row["from"]), until: Number(row["until"]) },
    recorded_at: Number(row["recorded_at"]),
  }));
  assert.deepEqual(got, [covered(1), lost]);
});

Deno.test("a quiet stream is written when its records are old enough", async () => {
  let fire = () => {};
  const timer = (callback: () => void, ms: number) => {
    assert.equal(ms, 60_000);
    fire = callback;
    return () => {};
  };
  const landed = Promise.withResolvers<number>();
  const data = await Deno.makeTempDir();
  const location = join(data, "lake");
  const sink = await openLakeSink({ location, data, timer }, landed.resolve);
  await sink.write({ seq: 7, toots: [toot(1)], deletions: [], coverage: [] });
  fire();
  assert.equal(await landed.promise, 7);
  assert.deepEqual(await count(location), { raw: 1n, toots: 1n });
  await sink.close();
});

Deno.test("a batch without records is durable too", async () => {
  const { durable, sink } = await open();
  await sink.write({ seq: 1, toots: [], deletions: [], coverage: [] });
  await sink.flush();
  assert.deepEqual(durable, [1]);
  await sink.close();
});

Deno.test("a sink continues after the last row, and two sinks use a partition each", async () => {
  const { data, location, sink } = await open();
  await sink.write({ seq: 1, toots: [toot(1), toot(2)], deletions: [], coverage: [] });
  await sink.flush();
  const second = await openLakeSink({ location, data }, () => {});
  await second.write({ seq: 1, toots: [toot(3)], deletions: [], coverage: [] });
  await second.close();
  await sink.close();
  const third = await openLakeSink({ location, data }, () => {});
  await third.write({ seq: 1, toots: [toot(4)], deletions: [], coverage: [] });
  await third.close();
  assert.deepEqual(names(join(location, "topics/mastodon-topic/partition=0")), [
    "mastodon-topic+0+0000000000.zstd.parquet",
    "mastodon-topic+0+0000000002.zstd.parquet",
  ]);
  assert.deepEqual(names(join(location, "topics/mastodon-topic/partition=1")), [
    "mastodon-topic+1+0000000000.zstd.parquet",
  ]);
  assert.deepEqual(await count(location), { raw: 4n, toots: 4n });
});

Deno.test("a full buffer makes write wait, and nothing is lost", async () => {
  const { location, durable, sink } = await open({ rows: 10 });
  const toots = (seq: number) => Array.from({ length: 10 }, (_, n) => toot(seq * 10 + n));
  const writes = [];
  for (let seq = 1; seq <= 20; seq++) {
    writes.push(sink.write({ seq, toots: toots(seq), deletions: [], coverage: [] }));
  }
  await Promise.all(writes);
  await sink.close();
  assert.deepEqual(durable, Array.from({ length: 20 }, (_, n) => n + 1));
  assert.deepEqual(await count(location), { raw: 200n, toots: 200n });
});

Deno.test("a reader never sees half a file, with the original's pattern", async () => {
  const { location, sink } = await open({ rows: 10 });
  const lake = await (async () => {
    await sink.write({ seq: 1, toots: [toot(1)], deletions: [], coverage: [] });
    await sink.flush();
    return await openLake({ location });
  })();
  let writing = true;
  const writes = (async () => {
    for (let seq = 2; seq <= 30; seq++) {
      await sink.write({
        seq,
        toots: Array.from({ length: 10 }, (_, n) => toot(n)),
        deletions: [],
        coverage: [],
      });
    }
    await sink.close();
    writing = false;
  })();
  let seen = 0;
  while (writing) {
    const [row] = await lake.query<{ n: bigint }>(
      `select count(*) as n from read_parquet('${location}/topics/mastodon-topic/partition=0/*')`,
    );
    assert.ok(Number(row!.n) % 10 === 1 && row!.n >= seen, `${row!.n} after ${seen}`);
    seen = Number(row!.n);
  }
  await writes;
  await lake.close();
});

Deno.test("records are read back unchanged", async () => {
  const { location, sink } = await open();
  const full = toot(1, {
    mastodon_text: "Grüße, 世界 🐘\nzweite Zeile",
    edited_at: 1_700_000_000_123,
  });
  const bare = toot(2, { m_id: null, hashtags: null, uri: "x", app: "Tusky", language: "unknown" });
  await sink.write({ seq: 1, toots: [full, bare], deletions: [], coverage: [] });
  await sink.close();
  const lake = await openLake({ location });
  const rows = await lake.query(
    `select * exclude (partition) from read_parquet('${location}/topics/mastodon-topic/*/*')
     order by posted_at`,
  );
  await lake.close();
  const times = ["posted_at", "observed_at", "edited_at"];
  for (const [index, want] of [full, bare].entries()) {
    const got = Object.fromEntries(
      Object.entries(rows[index]!).map((
        [name, value],
      ) => [name, times.includes(name) && value !== null ? (value as Date).getTime() : value]),
    );
    assert.deepEqual(got, { ...want });
  }
});

Deno.test("a lake that is a file is refused in one line", async () => {
  const data = await Deno.makeTempDir();
  const location = join(data, "file");
  await Deno.writeTextFile(location, "");
  await assert.rejects(
    openLakeSink({ location, data }, () => {}),
    (error: Error) => error.name === "Failure" && !error.message.includes("\n"),
  );
});

Deno.test("a bucket that answers 503 is reported, and abandoned on the signal", async () => {
  const data = await Deno.makeTempDir();
  const empty = `<?xml version="1.0"?><ListBucketResult></ListBucketResult>`;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ method }) =>
      method === "GET"
        ? new Response(empty)
        : new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 }),
  );
  const settings: Record<string, string> = {
    S3_ENDPOINT: `127.0.0.1:${server.addr.port}`,
    S3_USE_SSL: "false",
    AWS_ACCESS_KEY_ID: "minio",
    AWS_SECRET_ACCESS_KEY: "minio123",
  };
  const giveUp = new AbortController();
  const said: string[] = [];
  const durable: number[] = [];
  const sink = await openLakeSink({
    ...{ location: "s3://mastodon", data, env: (name: string) => settings[name] },
    retry: {
      signal: giveUp.signal,
      notify(message) {
        said.push(message);
        giveUp.abort();
      },
    },
  }, (seq) => durable.push(seq));
  await sink.write({ seq: 1, toots: [toot(1)], deletions: [], coverage: [] });
  await assert.rejects(sink.close(), {
    name: "Failure",
    message:
      /^lake s3:\/\/mastodon: not everything was written \(.*SlowDown.*\); run the same command again/,
  });
  assert.match(said[0]!, /SlowDown.*retrying, nothing is lost/);
  assert.deepEqual(durable, []);
  await Deno.remove(data, { recursive: true });
});
