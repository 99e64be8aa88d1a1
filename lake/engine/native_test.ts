import assert from "node:assert/strict";
import { processEnv } from "../../common/env.ts";
import { openNative } from "./native.ts";

Deno.test("a signal interrupts a query that would run for hours", async () => {
  const stopping = new AbortController();
  const lake = await openNative({
    ...{ location: await Deno.makeTempDir(), env: processEnv, memory: "1GB" },
    signal: stopping.signal,
  });
  const endless = lake.query(
    "select sum(hash(a.range + b.range)) from range(10000000) as a, range(10000000) as b",
  );
  // After 50 ms, DuckDB works on the query in its own threads.
  setTimeout(() => stopping.abort("SIGTERM"), 50);
  await assert.rejects(endless, /interrupted/i);
  await assert.rejects(lake.query("select 1"), /interrupted by SIGTERM/);
  await lake.close();
});

Deno.test("a limit interrupts only its own query, and counts from the beginning of that query", async () => {
  const lake = await openNative({
    ...{ location: await Deno.makeTempDir(), env: processEnv, memory: "1GB" },
  });
  const many = (n: number) =>
    `select sum(hash(a.range + b.range)) as n from range(${n}) as a, range(10000) as b`;
  const before = lake.query(many(1_000));
  const endless = lake.query(many(1_000_000_000), {}, 50);
  const after = lake.query<{ n: number }>("select 2 as n", {}, 10_000);
  assert.equal((await before).length, 1);
  await assert.rejects(endless, /^Failure: the query took longer than 0\.05 s and was stopped$/);
  assert.deepEqual(await after, [{ n: 2 }]);
  await lake.close();
});
