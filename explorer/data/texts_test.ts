import assert from "node:assert/strict";
import { type TestToot, withLake } from "../testing/lake.ts";
import { openSnapshots, type Snapshots } from "./snapshot.ts";
import { shownToots } from "./texts.ts";

async function withSnapshots(
  toots: readonly TestToot[],
  work: (snapshots: Snapshots) => Promise<void>,
): Promise<void> {
  await withLake(toots, async (location) => {
    const snapshots = await openSnapshots({ location });
    try {
      await work(snapshots);
    } finally {
      await snapshots.close();
    }
  });
}

Deno.test("hashes of authors and servers are not shown (--hash-authors)", () => {
  const hash = (text: string) => `hmac-sha256:${text.repeat(43)}`;
  return withSnapshots([
    { author: hash("a"), origin: hash("b"), url: null },
    // The server of many authors is not hashed.
    { author: hash("c"), origin: "large.example", url: null },
  ], async (snapshots) => {
    const { server } = snapshots.current.contents.values;
    assert.deepEqual([...server].sort(), ["All others", "Not stated", "large.example"]);
    const reader = await snapshots.database.own("select id::VARCHAR from toot order by id");
    const ids = reader.getRows().map(([id]) => String(id));
    const toots = await shownToots(snapshots, ids, true);
    assert.deepEqual(
      toots.map(({ author, server, text }) => ({ author, server, text })),
      [
        { author: null, server: null, text: "text 0" },
        { author: null, server: "large.example", text: "text 1" },
      ],
    );
  });
});
