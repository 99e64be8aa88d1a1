import assert from "node:assert/strict";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { land } from "../testing/toots.ts";
import { compact } from "./compact.ts";
import { compactAtOnce } from "./testing/at-once.ts";

for (const at of ["wrote deletes", "published"]) {
  Deno.test(`during a compaction a sink writes, a reader reads, and a second compaction is refused: ${at}`, async () => {
    const location = await Deno.makeTempDir();
    for (const n of [0, 10, 20]) {
      const days = [n, n + 1].map((id) =>
        toot(id, { posted_at: START + (id % 2) * 86_400_000, edited_at: START + n })
      );
      await land(location, [...days, toot(1, { edited_at: START + n })], [gone(n)]);
    }
    const { error } = await compactAtOnce(location, at, async () => {
      await assert.rejects(compact({ location }), /is being compacted by another process/);
    });
    assert.equal(error, null);
  });
}
