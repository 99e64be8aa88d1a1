import assert from "node:assert/strict";
import type { LakeInfo } from "./info.ts";
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
