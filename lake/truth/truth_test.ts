/**
 * Tests which record of a post is shown in the views and stored on the disk. Each case is checked
 * before and after compaction, and with both engines.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openLake } from "../engine/open.ts";
import type { EngineName, Row } from "../engine/lake.ts";
import { type Deletion, type Toot } from "../../record/record.ts";
import { gone, hashOf, START, toot } from "../../record/testing/toot.ts";
import { openStore } from "../store/open-store.ts";
import { compact } from "../table/compact.ts";
import { land, withViews } from "../testing/toots.ts";

const HOUR = 3_600_000;
/** A time of observation that is later than all edits in these tests. */
const seen = { observed_at: START + 100 * HOUR };
const onB = { ...seen, base_url: "https://b.example", status_id: "77", app: null };
const onC = { ...seen, base_url: "https://c.example", status_id: "88", app: null };

/** Makes the withheld record of toot `n`. */
function withheld(n: number, over: Partial<Toot> = {}): Toot {
  const { uri, author_key } = toot(n, over);
  return toot(n, {
    ...seen,
    ...{ m_id: null, app: null, url: null, username: null, mastodon_text: null, origin: null },
    ...{ author: null, hashtags: null, uri: hashOf(uri), author_key, withheld: "noindex" },
    ...{ status_id: `hmac-sha256:${n}` },
    ...over,
  });
}

/** Records of an earlier version have no keys. */
const old = {
  ...{ uri_key: null, author_key: null, home: null, quote: null, described_media: null },
  ...{ warning: null, server_software: null },
};

const queryRows = (location: string, sql: string, engine: EngineName): Promise<Row[]> =>
  withViews(location, (lake) => lake.query(sql), engine);

/** Returns all values in the Parquet files of a lake, as text. */
async function contents(location: string): Promise<string> {
  const files = (await openStore(location).list("")).map(({ path }) => join(location, path))
    .filter((path) => path.endsWith(".parquet"));
  const lake = await openLake({ location });
  try {
    const rows = await lake.query(
      `select to_json(columns(*))::VARCHAR from read_parquet([${
        files.map((path) => `'${path}'`)
      }], union_by_name = true)`,
    );
    return JSON.stringify(rows);
  } finally {
    await lake.close();
  }
}

/**
 * Returns the rows of the view after some batches. They must be the same without compaction, with a
 * compaction at the end, and with a compaction after each batch.
 */
async function shows(
  sql: string,
  batches: readonly (readonly [readonly Toot[], readonly Deletion[]])[],
  expected: Row[],
  after?: (location: string) => Promise<void>,
): Promise<void> {
  const late = await Deno.makeTempDir(), often = await Deno.makeTempDir();
  for (const [toots, deletions] of batches) {
    await land(late, toots, deletions);
    await land(often, toots, deletions);
    if (batches.at(-1)![0] !== toots) await compact({ location: often, before: "2099-01-01" });
  }
  const ask = async (location: string, when: string) => {
    assert.deepEqual(await queryRows(location, sql, "native"), expected, when);
    assert.deepEqual(await queryRows(location, sql, "wasm"), expected, `${when}, wasm`);
  };
  await ask(late, "raw");
  await ask(often, "raw beside compacted");
  for (const location of [late, often]) {
    await compact({ location, before: "2099-01-01" });
    await ask(location, "compacted");
    await after?.(location);
    await Deno.remove(location, { recursive: true });
  }
}

const TEXTS = "select mastodon_text from mastodon_toot order by uri";
const texts = (...list: (string | null)[]) => list.map((mastodon_text) => ({ mastodon_text }));

Deno.test("the home server's record beats every copy, whatever its edited_at says", () =>
  shows(TEXTS, [
    [[toot(1, { mastodon_text: "true", app: null })], []],
    [[
      toot(1, { ...onB, mastodon_text: "forged", edited_at: START + HOUR }),
      toot(1, { ...onC, mastodon_text: "forged", edited_at: START + 9_000 * HOUR, app: "App" }),
    ], []],
  ], texts("true")));

Deno.test("a copy with another day of posting is compared with the home server's record", () =>
  shows(TEXTS, [
    [[
      toot(1, { ...seen, mastodon_text: "true" }),
      toot(1, { ...onB, mastodon_text: "forged", posted_at: START - 40 * 24 * HOUR }),
      toot(1, { ...onC, mastodon_text: "forged", posted_at: START + 9_000 * HOUR }),
      toot(2, { ...onB, mastodon_text: "another" }),
    ], []],
  ], texts("true", "another")));

Deno.test("the home server's own edit is shown, also if its clock is ahead", () =>
  shows(TEXTS, [
    [[toot(1, { ...seen, mastodon_text: "first" })], []],
    [[toot(1, {
      ...{ observed_at: START + 101 * HOUR, edited_at: START + 102 * HOUR },
      mastodon_text: "second",
    })], []],
  ], texts("second")));

Deno.test("among copies, the latest edit that is not in the future is shown", () =>
  shows(TEXTS, [
    [[toot(1, { ...onB, mastodon_text: "edited", edited_at: START + HOUR })], []],
    [[
      toot(1, { ...onC, mastodon_text: "future", edited_at: START + 200 * HOUR }),
      toot(1, { ...onC, mastodon_text: "older", edited_at: START + 60_000, status_id: "89" }),
    ], []],
  ], texts("edited")));

Deno.test("a copy with an edit in the future is shown only if there is no other", () =>
  shows(TEXTS, [
    [[toot(1, onB), toot(2, { ...onB, edited_at: START + 9_000 * HOUR })], []],
    [[toot(1, {
      ...onC,
      mastodon_text: "forged",
      observed_at: START + HOUR,
      edited_at: START + 9_000 * HOUR,
    })], []],
  ], texts("text 1", "text 2")));

Deno.test("a delete by the home server removes the post, also copies that come later", () =>
  shows(
    TEXTS,
    [
      [[toot(1), toot(1, onB), toot(2)], []],
      [[], [gone(1)]],
      [[toot(1, onC), toot(3)], []],
    ],
    texts("text 2", "text 3"),
    async (location) => {
      assert.doesNotMatch(await contents(location), /text 1"/);
    },
  ));

Deno.test("a delete by another server removes its copy only", () =>
  shows("select mastodon_text, base_url from mastodon_toot order by uri", [
    [[toot(1, { mastodon_text: "home" }), toot(1, onB), toot(2, onB)], []],
    [[], [gone(77, onB.base_url)]],
  ], [{ mastodon_text: "home", base_url: "https://a.example" }]));

Deno.test("a post is removed when every server has deleted it", async () => {
  const both = [toot(1, onB), toot(1, onC)];
  await shows(TEXTS, [[both, []], [[], [gone(77, onB.base_url)]]], texts("text 1"));
  await shows(
    TEXTS,
    [[both, []], [[], [gone(77, onB.base_url)]], [[], [gone(88, onC.base_url)]]],
    [],
  );
});

Deno.test("a deleted copy stays deleted, and returns only under another id", () =>
  shows("select mastodon_text, status_id from mastodon_toot order by uri", [
    [[toot(1, onB)], [gone(77, onB.base_url)]],
    [[toot(1, { ...onB, mastodon_text: "late" })], []],
    [[toot(1, { ...onB, status_id: "99", mastodon_text: "again" })], []],
  ], [{ mastodon_text: "again", status_id: "99" }]));

Deno.test("a later opt-out withholds all earlier records of the author", async () => {
  const columns = "mastodon_text, username, author, url, uri, m_id, status_id, app, from_instance";
  const nothing = {
    ...{ mastodon_text: null, username: null, author: null, url: null, m_id: null },
    ...{ status_id: null, app: null, from_instance: null },
  };
  await shows(
    `select ${columns} from mastodon_toot_raw
     where username is null and status_id is null order by uri`,
    [
      [[
        toot(1, { ...seen, app: "Secretive", mastodon_text: "SECRET one" }),
        toot(2, { ...onB, mastodon_text: "SECRET copy" }),
        toot(9, { author: "bo@a.example", username: "bo", mastodon_text: "of bo" }),
      ], []],
      [[withheld(3)], []],
    ],
    [
      { ...nothing, uri: hashOf(toot(1).uri) },
      { ...nothing, uri: hashOf(toot(2).uri) },
    ],
    async (location) => {
      const all = (await contents(location)).replaceAll(toot(1).author_key!, "");
      assert.match(all, /of bo/);
      assert.doesNotMatch(all, /SECRET|Secretive|@ann\/[123]|ann@|statuses\/[123]"/);
    },
  );
});

Deno.test("the edit by which somebody opts out leaves one row without its text", () =>
  shows("select mastodon_text, author, withheld is not null as withheld from mastodon_toot", [
    [[toot(1, { mastodon_text: "SECRET" })], []],
    [[withheld(1, { edited_at: START + HOUR })], []],
  ], [{ mastodon_text: null, author: null, withheld: true }]));

Deno.test("an opt-out in a copy is newer than the copy's text of the same hour", async () => {
  const [open, optedOut] = [{ ...onB, home: false, app: "Oven" }, { ...onB, home: false }];
  const after = (minutes: number) => ({ observed_at: seen.observed_at + minutes * 60_000 });
  for (const edited_at of [null, START + HOUR]) {
    const edited = edited_at === null ? {} : { edited_at: edited_at + 20 * 60_000 };
    await shows(
      TEXTS,
      [
        [[toot(1, { ...open, ...after(34), ...edited, mastodon_text: "SECRET" })], []],
        [[withheld(1, { ...optedOut, withheld: "#nobot", edited_at })], []],
      ],
      texts(null),
      async (location) => assert.ok(!(await contents(location)).includes("SECRET")),
    );
    await shows(TEXTS, [
      [[withheld(1, { ...optedOut, withheld: "#nobot" })], []],
      [[toot(1, { ...open, ...after(61), mastodon_text: "agreed" })], []],
    ], texts("agreed"));
  }
});

Deno.test("an earlier opt-out withholds a later copy from another server", () =>
  shows("select count(*) as n, count(mastodon_text) as texts from mastodon_toot_raw", [
    [[withheld(1)], []],
    [[toot(2, onB), toot(3)], []],
  ], [{ n: 3n, texts: 0n }]));

Deno.test("the times of withheld records are truncated to the hour", () =>
  shows(
    `select created_tz, posted_at, created_at, created_at_str, observed_at, edited_at
     from mastodon_toot where withheld like 'known:%'`,
    [
      [[toot(1, { posted_at: START + 90 * 60_000, edited_at: START + 100 * 60_000, ...seen })], []],
      [[withheld(2)], []],
    ],
    [{
      created_tz: new Date(START + HOUR),
      posted_at: new Date(START + HOUR),
      created_at: (START + HOUR) / 1000,
      created_at_str: "2026 01 01 01:00:00",
      observed_at: new Date(START + 100 * HOUR),
      edited_at: new Date(START + HOUR),
    }],
  ));

Deno.test("an opt-out reported by another server, or a missing opt-in, does not withhold other posts", () =>
  shows(TEXTS, [
    [[toot(1, { mastodon_text: "kept" })], []],
    [[withheld(1, { ...onB, home: false }), withheld(2, { withheld: "not indexable" })], []],
    [[withheld(3, { ...onC, home: false, withheld: "known:not indexable" })], []],
  ], texts(null, null, "kept")));

Deno.test("an opt-out that the listener knew from the home server counts as the author's own", () =>
  shows("select count(*) as n, count(mastodon_text) as texts from mastodon_toot", [
    [[toot(1)], []],
    [[withheld(2, { ...onB, home: false, withheld: "known:#nobot" })], []],
  ], [{ n: 2n, texts: 0n }]));

Deno.test("a server cannot opt out another server's author by writing the author's name", () => {
  const evil = { ...seen, base_url: "https://evil.example", origin: "evil.example" };
  const key = { author_key: "key of ann@evil.example" };
  const claimed = { ...evil, uri: "https://evil.example/2", author: "ann@a.example" };
  return shows(TEXTS, [
    [[toot(1, { ...old, mastodon_text: "old" }), toot(2, { mastodon_text: "true" })], []],
    // Its own address with the author's key, and its own key with the author's name.
    [[toot(3, { ...claimed, mastodon_text: "forged" })], []],
    [[toot(4, { ...claimed, ...key, uri: "https://evil.example/4" })], []],
    [[toot(5, { ...claimed, ...key, uri: "https://evil.example/5", home: true })], []],
    [[withheld(6, { ...evil, ...key, home: true })], []],
  ], texts(null, null, null, null, "old", "true"));
});

Deno.test("records of earlier versions are matched by uri and author", () =>
  shows("select count(*) as n, count(mastodon_text) as texts from mastodon_toot", [
    [[toot(1, { ...old, mastodon_text: "old" }), toot(2, { ...old, ...onB })], []],
    [[toot(1, { mastodon_text: "new" }), toot(3)], []],
    [[withheld(3, { edited_at: START + HOUR })], []],
  ], [{ n: 3n, texts: 0n }]));

Deno.test("plain records of one post by listeners with different salts are merged", () =>
  shows(TEXTS, [
    [[toot(1, { mastodon_text: "one" })], []],
    [[toot(1, { ...onB, uri_key: "hmac-sha256:another salt" })], []],
  ], texts("one")));

Deno.test("an impossible posting time is ignored", () =>
  shows("select distinct created_tz from mastodon_toot", [[[
    ...[Date.UTC(9999, 11, 31), Date.UTC(1970, 0, 1), Date.UTC(1600, 0, 1), START + 125 * HOUR]
      .map((posted_at, n) => toot(n, { posted_at, created_at: null, ...seen })),
  ], []]], [{ created_tz: new Date(START + 100 * HOUR) }]));
