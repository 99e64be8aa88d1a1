import assert from "node:assert/strict";
import { join } from "node:path";
import { toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { land } from "../testing/toots.ts";
import { nextOffset } from "./topic-writer.ts";

Deno.test("a damaged last file is reported, and does not stop the writer", async () => {
  const location = await Deno.makeTempDir();
  await land(location, [toot(1), toot(2)]);
  const store = openStore(location);
  assert.equal(await nextOffset(store, "mastodon-topic", 0), 2n);
  const folder = join(location, "topics/mastodon-topic/partition=0");
  const whole = await Deno.readFile(join(folder, "mastodon-topic+0+0000000000.zstd.parquet"));
  for (const bytes of [new Uint8Array(), whole.slice(0, 500), whole.with(whole.length - 9, 0xff)]) {
    await Deno.writeFile(join(folder, "mastodon-topic+0+0000000002.zstd.parquet"), bytes);
    const warnings: string[] = [];
    const next = await nextOffset(store, "mastodon-topic", 0, (line) => warnings.push(line));
    assert.ok(next > 2n);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /0000000002\.zstd\.parquet is damaged.*rename it/);
  }
  await Deno.remove(location, { recursive: true });
});
