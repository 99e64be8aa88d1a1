import assert from "node:assert/strict";
import type { LakeInfo, TableInfo } from "./info.ts";
import { infoLines } from "./info-command.ts";

const none = { files: 0, rows: 0, bytes: 0 };
const empty: LakeInfo = {
  location: "s3://mastodon",
  topic: "mastodon-topic",
  table: null,
  days: [],
  raw: none,
  deletes: none,
  leftovers: 0,
};

Deno.test("info of an empty bucket says how to look at Connect's tasks", () => {
  assert.match(infoLines(empty).at(-1)!, /^no toots yet; .*`deno task connect check`/);
});

Deno.test("info of an empty folder says what writes to it", () => {
  const [said] = infoLines({ ...empty, location: "data/lake" }).slice(-1);
  assert.equal(said, "no toots yet; a listener with --lake data/lake writes to it");
});

Deno.test("info of a lake with toots gives no advice on how to fill it", () => {
  const lines = infoLines({ ...empty, raw: { files: 1, rows: 5, bytes: 900 } });
  assert.ok(!lines.join("\n").includes("no toots"));
});

const table: TableInfo = {
  version: 12,
  location: "/new/compacted/mastodon-topic",
  movedFrom: null,
  snapshots: [
    { id: 7, at: Date.UTC(2026, 10, 23, 8), operation: "append", files: 2, rows: 1_500 },
    { id: 8, at: Date.UTC(2026, 10, 23, 9), operation: "overwrite", files: 3, rows: 1_499 },
  ],
};

Deno.test("info of a table shows its address, its version and its snapshots", () => {
  const lines = infoLines({ ...empty, table });
  const at = lines.indexOf("Iceberg table /new/compacted/mastodon-topic, version 12");
  assert.deepEqual(lines.slice(at + 1, at + 3), [
    "  snapshot 7 of 2026-11-23T08:00:00Z, append: 2 files, 1,500 toots",
    "  snapshot 8 of 2026-11-23T09:00:00Z, overwrite: 3 files, 1,499 toots",
  ]);
  assert.ok(!lines.join("\n").includes("moved"));
});

Deno.test("info of a moved table says that compaction writes its new address", () => {
  const lines = infoLines({ ...empty, table: { ...table, movedFrom: "/old/compacted/x" } });
  const [said] = lines.filter((line) => /moved from \/old\/compacted\/x/.test(line));
  assert.match(said!, /other engines can read it after the next `deno task lake compact`$/);
});
