import assert from "node:assert/strict";
import {
  type Coverage,
  COVERAGE_COLUMNS,
  coverageTopic,
  deleteTopic,
  type Deletion,
  DELETION_COLUMNS,
  type Toot,
  TOOT_COLUMNS,
} from "./record.ts";
import * as testing from "./testing/toot.ts";

// The compiler checks that all fields of the interface are there, and the test checks all fields of
// the Avro schema.
const toot: Required<Toot> = testing.toot(1);
const deletion: Required<Deletion> = testing.gone(1);
const coverage: Required<Coverage> = testing.covered(1);

Deno.test("the interfaces name the fields of the Avro, in its order", () => {
  assert.deepEqual(TOOT_COLUMNS.map(({ name }) => name), Object.keys(toot));
  assert.deepEqual(DELETION_COLUMNS.map(({ name }) => name), Object.keys(deletion));
  assert.deepEqual(COVERAGE_COLUMNS.map(({ name }) => name), Object.keys(coverage));
});

Deno.test("the first fourteen columns are the original's", () => {
  assert.deepEqual(
    TOOT_COLUMNS.slice(0, 14).map(({ name }) => name).join(", "),
    "m_id, created_at, created_at_str, app, url, base_url, language, favourites, username, bot, " +
      "tags, characters, words, mastodon_text",
  );
});

Deno.test("timestamps and lists have the types that the S3 sink's Parquet shows in DuckDB", () => {
  const types = Object.fromEntries(TOOT_COLUMNS.map(({ name, type }) => [name, type]));
  assert.equal(types["posted_at"], "TIMESTAMPTZ");
  assert.equal(types["hashtags"], "VARCHAR[]");
  assert.equal(types["m_id"], "BIGINT");
  assert.equal(types["created_at"], "INTEGER");
});

Deno.test("the topics of deletes and coverage are named after the topic of toots", () => {
  assert.equal(coverageTopic("mastodon-topic"), "mastodon-coverage-topic");
  assert.equal(coverageTopic("fediverse"), "fediverse-coverage");
  assert.equal(deleteTopic("mastodon-topic"), "mastodon-delete-topic");
  assert.equal(deleteTopic("fediverse"), "fediverse-delete");
});
