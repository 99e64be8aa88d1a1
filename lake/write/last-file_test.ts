import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "../store/open-store.ts";
import { lastFile } from "./last-file.ts";

Deno.test("the last file is the one with the highest offset, whatever its codec", async () => {
  const location = await Deno.makeTempDir();
  const store = openStore(location);
  assert.equal(await lastFile(store, "t", 0), null);
  for (
    const name of [
      "t+0+0000000900.zstd.parquet",
      "t+0+10000000000.snappy.parquet",
      "t+0+0000005000.parquet",
      ".t+0+99000000000.parquet",
    ]
  ) {
    await Deno.mkdir(join(location, "topics/t/partition=0"), { recursive: true });
    await Deno.writeTextFile(join(location, "topics/t/partition=0", name), "");
  }
  assert.equal((await lastFile(store, "t", 0))!.offset, 10_000_000_000n);
});
