import assert from "node:assert/strict";
import { Failure } from "../../lake/mod.ts";
import { type TestToot, withLake } from "../testing/lake.ts";
import { openSnapshots, type Snapshots } from "./snapshot.ts";
import type { Limits } from "./limits.ts";
import { findWord, shownToots } from "./texts.ts";

async function withSnapshots(
  { toots, limits = {} }: { toots: readonly TestToot[]; limits?: Limits },
  work: (snapshots: Snapshots) => Promise<void>,
): Promise<void> {
  await withLake(toots, async (location) => {
    const snapshots = await openSnapshots({ location, limits });
    try {
      await work(snapshots);
    } finally {
      await snapshots.close();
    }
  });
}

async function idsOf({ database }: Snapshots): Promise<string[]> {
  const reader = await database.own("select id::VARCHAR from toot order by id");
  return reader.getRows().map(([id]) => String(id));
}

/** Makes each query of the lake's toots take hours. */
const SLOW = `alter view lake.standing rename to quick;
  create view lake.standing as select * from lake.quick
  where (select sum(hash(a.range + b.range)) from range(1000000000) as a, range(10000) as b) > 0`;

Deno.test("reading the shown toots has a time limit", () =>
  withSnapshots({ toots: [{}, {}], limits: { time: 50 } }, async (snapshots) => {
    const ids = await idsOf(snapshots);
    await snapshots.lake.exec(SLOW);
    await assert.rejects(shownToots(snapshots, ids, true), /longer than 0\.05 s and was stopped/);
  }));

Deno.test("a search for a word has a time limit, and can be tried again", () =>
  withSnapshots({ toots: [{ text: "one" }], limits: { wordTime: 50 } }, async (snapshots) => {
    const { lake } = snapshots;
    await lake.exec(SLOW);
    await assert.rejects(findWord(snapshots, "one"), /longer than 0\.05 s and was stopped/);
    await lake.exec("create or replace view lake.standing as from lake.quick");
    assert.equal(await findWord(snapshots, "one"), 1);
  }));

Deno.test("a word that too many toots contain is refused", () =>
  withSnapshots(
    { toots: [{}, {}, {}, { text: "one" }], limits: { hits: 2 } },
    async (snapshots) => {
      await assert.rejects(
        findWord(snapshots, "text"),
        new Failure("more than 2 toots contain 'text'; use a rarer word"),
      );
      assert.equal(await findWord(snapshots, "one"), 1);
    },
  ));

Deno.test("hashes of authors and servers are not shown (--hash-authors)", () => {
  const hash = (text: string) => `hmac-sha256:${text.repeat(43)}`;
  const toots = [
    { author: hash("a"), origin: hash("b"), url: null },
    // The server of many authors is not hashed.
    { author: hash("c"), origin: "large.example", url: null },
  ];
  return withSnapshots({ toots }, async (snapshots) => {
    const { server } = snapshots.current.contents.values;
    assert.deepEqual([...server].sort(), ["All others", "Not stated", "large.example"]);
    const shown = await shownToots(snapshots, await idsOf(snapshots), true);
    assert.deepEqual(
      shown.map(({ author, server, text }) => ({ author, server, text })),
      [
        { author: null, server: null, text: "text 0" },
        { author: null, server: "large.example", text: "text 1" },
      ],
    );
  });
});
