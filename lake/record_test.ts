import assert from "node:assert/strict";
import { deleteTopic, type Deletion, DELETION_COLUMNS, type Toot, TOOT_COLUMNS } from "./record.ts";

// The compiler asks for every field of the interface, the test for every field of the Avro.
const toot: Required<Toot> = {
  m_id: 1n,
  created_at: 0,
  created_at_str: "1970 01 01 00:00:00",
  app: null,
  url: null,
  base_url: "https://tusk.example",
  language: "en",
  favourites: 0,
  username: "ada",
  bot: false,
  tags: 0,
  characters: 2,
  words: 1,
  mastodon_text: "hi",
  uri: "https://tusk.example/users/ada/statuses/1",
  status_id: "1",
  posted_at: 0,
  observed_at: 0,
  edited_at: null,
  origin: "tusk.example",
  author: "ada@tusk.example",
  visibility: "public",
  sensitive: false,
  reply: false,
  reblogs: 0,
  replies: 0,
  media: 0,
  hashtags: [],
  transport: "stream",
  withheld: null,
};
const deletion: Required<Deletion> = { base_url: "", status_id: "", deleted_at: 0 };

Deno.test("the interfaces name the fields of the Avro, in its order", () => {
  assert.deepEqual(TOOT_COLUMNS.map(({ name }) => name), Object.keys(toot));
  assert.deepEqual(DELETION_COLUMNS.map(({ name }) => name), Object.keys(deletion));
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

Deno.test("the topic of deletes goes with the topic of toots", () => {
  assert.equal(deleteTopic("mastodon-topic"), "mastodon-delete-topic");
  assert.equal(deleteTopic("fediverse"), "fediverse-delete");
});
