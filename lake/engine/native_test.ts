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
