import assert from "node:assert/strict";
import fc from "fast-check";
import { avroType, COVERAGE_RECORD, decoder, DELETION_RECORD, TOOT_RECORD } from "./avro.ts";
import type { Coverage, Deletion, Toot } from "./record.ts";

fc.configureGlobal({ seed: 1 });

/**
 * The schema of the original project. Its names are ours too, but only one of its fields may be
 * null. The test has a copy, because that schema must never change.
 */
const ORIGINAL = avroType(JSON.stringify({
  type: "record",
  namespace: "com.simonaubury",
  name: "MastodonDetails",
  fields: [
    { name: "m_id", type: "long", default: 0 },
    { name: "created_at", type: ["null", "int"], default: null },
    { name: "created_at_str", type: "string", default: "unknown" },
    { name: "app", type: "string", default: "unknown" },
    { name: "url", type: "string", default: "null" },
    { name: "base_url", type: "string", default: "null" },
    { name: "language", type: "string", default: "null" },
    { name: "favourites", type: "int", default: 0 },
    { name: "username", type: "string", default: "" },
    { name: "bot", type: "boolean" },
    { name: "tags", type: "int", default: 0 },
    { name: "characters", type: "int", default: 0 },
    { name: "words", type: "int", default: 0 },
    { name: "mastodon_text", type: "string", default: "null" },
  ],
}));

const ours: Toot = {
  m_id: 116_000_000_000_000_001n,
  created_at: 1_769_934_600,
  created_at_str: "2026 02 01 08:30:00",
  app: "Web",
  url: "https://bread.example/@ada/116000000000000001",
  base_url: "https://bread.example",
  language: "en",
  favourites: 3,
  username: "ada",
  bot: false,
  tags: 1,
  characters: 21,
  words: 4,
  mastodon_text: "Good morning 🥐 ¶ 早晨",
  uri: "https://bread.example/users/ada/statuses/116000000000000001",
  status_id: "116000000000000001",
  posted_at: 1_769_934_600_000,
  observed_at: 1_769_934_601_500,
  edited_at: null,
  origin: "bread.example",
  author: "ada@bread.example",
  visibility: "public",
  sensitive: false,
  reply: true,
  reblogs: 0,
  replies: 2,
  media: 1,
  hashtags: ["bread"],
  transport: "stream",
  withheld: null,
  uri_key: "hmac-sha256:status",
  author_key: "hmac-sha256:ada",
  quote: false,
  described_media: 1,
  warning: false,
  server_software: "Mastodon 4.5.0",
  home: true,
};

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const time = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
const text = fc.string({ unit: "grapheme", maxLength: 600 });
const or = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const plainly = { noNullPrototype: true };

const anyToot: fc.Arbitrary<Toot> = fc.record({
  m_id: or(long),
  created_at: or(int),
  created_at_str: text,
  app: or(text),
  url: or(text),
  base_url: text,
  language: text,
  favourites: int,
  username: or(text),
  bot: fc.boolean(),
  tags: int,
  characters: int,
  words: int,
  mastodon_text: or(text),
  uri: text,
  status_id: text,
  posted_at: time,
  observed_at: time,
  edited_at: or(time),
  origin: or(text),
  author: or(text),
  visibility: or(text),
  sensitive: or(fc.boolean()),
  reply: or(fc.boolean()),
  reblogs: or(int),
  replies: or(int),
  media: or(int),
  hashtags: or(fc.array(text, { maxLength: 5 })),
  transport: fc.constantFrom("stream", "poll", "backfill", "replay", null),
  withheld: or(text),
  uri_key: or(text),
  author_key: or(text),
  quote: or(fc.boolean()),
  described_media: or(int),
  warning: or(fc.boolean()),
  server_software: or(text),
  home: or(fc.boolean()),
}, plainly);

/** Makes plain objects, because avsc's objects have their own class. */
const plain = (value: unknown) => ({ ...value as object });

Deno.test("a toot is decoded from Avro unchanged", () => {
  const { type } = TOOT_RECORD;
  const read = decoder(type, type);
  fc.assert(fc.property(anyToot, (toot) => {
    assert.deepEqual(plain(read(type.toBuffer(toot))), toot);
  }));
});

Deno.test("a delete is decoded from Avro unchanged", () => {
  const { type } = DELETION_RECORD;
  const read = decoder(type, type);
  const anyDeletion = fc.record({ base_url: text, status_id: text, deleted_at: time }, plainly);
  fc.assert(fc.property(anyDeletion, (deletion: Deletion) => {
    assert.deepEqual(plain(read(type.toBuffer(deletion))), deletion);
  }));
});

Deno.test("coverage is decoded from Avro unchanged", () => {
  const { type } = COVERAGE_RECORD;
  const read = decoder(type, type);
  const anyCoverage = fc.record({
    base_url: text,
    timeline: fc.constantFrom("local", "federated"),
    from: time,
    until: time,
    transport: fc.constantFrom("stream", "poll", "backfill", "replay", "activity"),
    outcome: fc.constantFrom("covered", "filled", "lost", "counted"),
    statuses: or(long),
    cause: or(text),
    recorded_at: or(time),
  }, plainly);
  fc.assert(fc.property(anyCoverage, (coverage) => {
    const typed = coverage as Coverage;
    assert.deepEqual(plain(read(type.toBuffer(typed))), typed);
  }));
});

Deno.test("the encoded bytes follow the Avro specification", () => {
  const bytes = DELETION_RECORD.type.toBuffer({ base_url: "a", status_id: "é", deleted_at: 64 });
  // Lengths and longs in zigzag: 1, 'a', 2, 'é' in UTF-8, 64 in two bytes.
  assert.deepEqual([...bytes], [2, 0x61, 4, 0xc3, 0xa9, 0x80, 0x01]);
});

Deno.test("an id beyond 2^53 keeps its last digit, and is refused as a number", () => {
  const { type } = TOOT_RECORD;
  assert.equal(
    (decoder(type, type)(type.toBuffer(ours)) as Toot).m_id,
    116_000_000_000_000_001n,
  );
  assert.throws(() => type.toBuffer({ ...ours, m_id: 116 }), /m_id|116/);
  assert.throws(() => type.toBuffer({ ...ours, m_id: 2n ** 63n }));
});

Deno.test("the registered schema keeps its logical types", () => {
  const { fields } = JSON.parse(TOOT_RECORD.schema) as {
    fields: { name: string; type: unknown }[];
  };
  const types = Object.fromEntries(fields.map(({ name, type }) => [name, type]));
  assert.deepEqual(types["posted_at"], ["null", { type: "long", logicalType: "timestamp-millis" }]);
});

Deno.test("our reader reads what the original wrote; new fields get their defaults", () => {
  const bytes = ORIGINAL.toBuffer({
    m_id: 109_000_000_000_000_001n,
    created_at: 1_676_000_000,
    created_at_str: "2023 02 10 03:33:20",
    app: "",
    url: "https://old.example/@bob/1",
    base_url: "https://old.example",
    language: "unknown",
    favourites: 0,
    username: "bob",
    bot: true,
    tags: 0,
    characters: 2,
    words: 1,
    mastodon_text: "hi",
  });
  const toot = decoder(TOOT_RECORD.type, ORIGINAL)(bytes) as Toot;
  assert.equal(toot.m_id, 109_000_000_000_000_001n);
  assert.equal(toot.mastodon_text, "hi");
  assert.equal(toot.bot, true);
  for (
    const field of [
      ...["uri", "status_id", "posted_at", "edited_at", "hashtags", "withheld", "uri_key"],
      ...["author_key", "quote", "described_media", "warning", "server_software", "home"],
    ]
  ) {
    assert.equal(toot[field as keyof Toot], null, field);
  }
});

Deno.test("our reader reads what version 0.1 wrote, and version 0.1 reads what we write", () => {
  const { name, namespace, fields } = JSON.parse(TOOT_RECORD.schema);
  const before = avroType(JSON.stringify({
    ...{ type: "record", name, namespace },
    fields: fields.slice(0, 30),
  }));
  const old = Object.fromEntries(Object.entries(ours).slice(0, 30));
  const none = { uri_key: null, author_key: null, quote: null, described_media: null };
  assert.deepEqual(plain(decoder(TOOT_RECORD.type, before)(before.toBuffer(old))), {
    ...{ ...old, ...none, warning: null, server_software: null, home: null },
  });
  assert.deepEqual(plain(decoder(before, TOOT_RECORD.type)(TOOT_RECORD.type.toBuffer(ours))), old);
});

Deno.test("a reader of the original's fourteen fields reads our bytes", () => {
  const { name, namespace, fields } = JSON.parse(TOOT_RECORD.schema);
  const fourteen = avroType(JSON.stringify({
    ...{ type: "record", name, namespace },
    fields: fields.slice(0, 14),
  }));
  const read = decoder(fourteen, TOOT_RECORD.type);
  const names = Object.keys(ours).slice(0, 14) as (keyof Toot)[];
  assert.deepEqual(
    plain(read(TOOT_RECORD.type.toBuffer(ours))),
    Object.fromEntries(names.map((field) => [field, ours[field]])),
  );
  const withheld = {
    ...ours,
    m_id: null,
    app: null,
    url: null,
    username: null,
    mastodon_text: null,
  };
  assert.deepEqual(
    plain(read(TOOT_RECORD.type.toBuffer(withheld))),
    Object.fromEntries(names.map((field) => [field, withheld[field]])),
  );
});

Deno.test("the original's own schema cannot encode our nulls", () => {
  // So the compatibility level is BACKWARD and not FULL: our text, name and id may be withheld, and
  // our app may be unknown.
  assert.throws(
    () => decoder(ORIGINAL, TOOT_RECORD.type),
    /cannot read "null" as "?(abstract:)?long/,
  );
});
