import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../../../common/failure.ts";
import type { Lake } from "../lake.ts";
import { openLake } from "../open.ts";
import { type Objects, serveObjects } from "./testing/objects.ts";

/** Runs `work` with a store and with Parquet files of the native engine. */
async function withStore(
  work: (
    store: Objects,
    parquet: (sql: string) => Promise<Uint8Array<ArrayBuffer>>,
  ) => Promise<void>,
) {
  const folder = await Deno.makeTempDir({ prefix: "bucket-" });
  const native = await openLake({ location: folder, engine: "native" });
  const store = await serveObjects();
  const file = join(folder, "some.parquet");
  try {
    await work(store, async (sql) => {
      await native.exec(`copy (${sql}) to '${file}' (format parquet, row_group_size 2048)`);
      return await Deno.readFile(file);
    });
  } finally {
    await store.close();
    await native.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function open(endpoint: string, location = "s3://lake", key = "minio"): Promise<Lake> {
  const settings: Record<string, string> = {
    S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: "minio123",
  };
  return openLake({ location, engine: "wasm", env: (name) => settings[name] });
}

async function failureOf(lake: Lake, from: string): Promise<string> {
  const error = await lake.query(`select count(*) from read_parquet('${from}')`).catch((e) => e);
  assert.ok(error instanceof Failure, String(error));
  return error.message;
}

const KEY = "topics/a+b/partition=0/a+b+0+0000000001.zstd.parquet";
const count = "select count(*)::int as n from read_parquet('s3://lake/topics/*/*/*')";

Deno.test("objects are read in ranges, and only the ranges that the statement needs", () =>
  withStore(async (store, parquet) => {
    const bytes = await parquet(
      "select i, md5(i::text) || md5((i + 1)::text) as t from range(200000) r(i)",
    );
    assert.ok(bytes.length > 8e6);
    await store.tell({ what: "put", key: KEY, bytes });
    const lake = await open(store.endpoint);
    const rows = await lake.query(
      `select count(*)::int as n, max(length(t))::int as t from read_parquet('s3://lake/${KEY}')
       where i between 100000 and 100999`,
    );
    assert.deepEqual(rows, [{ n: 1000, t: 64 }]);
    const served = await store.tell({ what: "served" });
    assert.ok(served.bytes < bytes.length / 4, `${served.bytes} of ${bytes.length} bytes`);
    assert.equal(served.lists, 1);
    await lake.close();
  }));

Deno.test("small objects are fetched once, however many statements read them", () =>
  withStore(async (store, parquet) => {
    const bytes = await parquet("select i from range(10) r(i)");
    for (let i = 1000; i < 2500; i++) {
      await store.tell({ what: "put", key: `topics/t/partition=0/t+0+${i}.parquet`, bytes });
    }
    const lake = await open(store.endpoint);
    assert.deepEqual(await lake.query(count), [{ n: 15_000 }]);
    const first = await store.tell({ what: "served" });
    assert.deepEqual(first, { lists: 2, reads: 1500, bytes: 1500 * bytes.length });
    const names = Array.from(
      { length: 1500 },
      (_, i) => `'s3://lake/topics/t/partition=0/t+0+${1000 + i}.parquet'`,
    );
    assert.deepEqual(
      await lake.query(`select sum(i)::int as n from read_parquet([${names}])`),
      [{ n: 67_500 }],
    );
    const second = await store.tell({ what: "served" });
    assert.deepEqual(second, { lists: 2, reads: 0, bytes: 0 });
    await lake.close();
  }));

Deno.test("an object is requested again if reading it ahead failed", () =>
  withStore(async (store, parquet) => {
    const bytes = await parquet("select i from range(10) r(i)");
    const keyOf = (n: number) => `topics/t/partition=0/t+0+${10 + n}.parquet`;
    for (let n = 0; n < 50; n++) await store.tell({ what: "put", key: keyOf(n), bytes });
    await store.tell({ what: "hide", key: keyOf(25) });
    const lake = await open(store.endpoint);
    assert.match(await failureOf(lake, "s3://lake/topics/*/*/*"), /t\+0\+35\.parquet was removed/);
    await store.tell({ what: "show", key: keyOf(25) });
    assert.deepEqual(await lake.query(count), [{ n: 500 }]);
    await lake.close();
  }));

Deno.test("a replaced object is read again, and a deleted one is an error", () =>
  withStore(async (store, parquet) => {
    const lake = await open(store.endpoint);
    await store.tell({ what: "put", key: KEY, bytes: await parquet("select 1 as i") });
    assert.deepEqual(await lake.query(count), [{ n: 1 }]);
    const bytes = await parquet("select i from range(7) r(i)");
    await store.tell({ what: "put", key: KEY, bytes });
    assert.deepEqual(await lake.query(count), [{ n: 7 }]);
    await store.tell({ what: "put", key: KEY, bytes: bytes.slice(0, -9) });
    assert.equal(
      await failureOf(lake, `s3://lake/${KEY}`),
      `s3://lake/${KEY} is damaged, or not a Parquet file; to read the lake without it, rename it to ` +
        `${KEY.split("/").at(-1)}.damaged`,
    );
    await store.tell({ what: "delete", key: KEY });
    assert.equal(await failureOf(lake, `s3://lake/${KEY}`), `s3://lake/${KEY}: no such file`);
    await lake.close();
  }));

Deno.test("the error names wrong keys, a wrong bucket or an unreachable store", () =>
  withStore(async (store) => {
    const wrongKey = await open(store.endpoint, "s3://lake", "mini");
    assert.match(
      await failureOf(wrongKey, "s3://lake/topics/*"),
      /127\.0\.0\.1:\d+ refuses \(InvalidAccessKeyId\); see AWS_ACCESS_KEY_ID/,
    );
    await wrongKey.close();
    const lake = await open(store.endpoint);
    assert.match(await failureOf(lake, "s3://sea/topics/*"), /'s3:\/\/sea': no such bucket/);
    await lake.close();

    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const endpoint = `127.0.0.1:${(taken.addr as Deno.NetAddr).port}`;
    taken.close();
    const away = await open(endpoint);
    assert.match(
      await failureOf(away, "s3://lake/topics/*"),
      new RegExp(`the object store at ${endpoint} does not answer; S3_ENDPOINT names it`),
    );
    await away.close();
  }));
