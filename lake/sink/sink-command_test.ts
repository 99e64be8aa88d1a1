import assert from "node:assert/strict";
import { resolve } from "node:path";
import { Failure } from "../../common/failure.ts";
import { groupOf, sinkCommand } from "./sink-command.ts";
import type { SinkOptions } from "./run.ts";

function parse(args: string[], env: Record<string, string> = {}): Omit<SinkOptions, "signal"> {
  let given: Omit<SinkOptions, "signal"> | null = null;
  sinkCommand((options) => given = options, (name) => env[name])
    .exitOverride().configureOutput({ writeErr: () => {} })
    .parse(args, { from: "user" });
  return given!;
}

Deno.test("flags override variables, and both override the defaults", () => {
  const usual = parse([]);
  assert.deepEqual(usual.brokers, ["localhost:9092"]);
  assert.equal(usual.registry, "http://localhost:8081");
  assert.equal(usual.topic, "mastodon-topic");
  assert.equal(usual.lake, resolve("data/lake"));
  assert.equal(usual.age, 60_000);
  assert.deepEqual(usual.deadLetters, { topic: "mastodon-dead-letter" });
  const env = { MASTODON_BROKERS: "a:1,b:2", LAKE: "s3://mastodon/", MASTODON_TOPIC: "t" };
  const set = parse(["--topic", "toots", "--age", "5", "--group", "mine"], env);
  assert.deepEqual(set.brokers, ["a:1", "b:2"]);
  assert.equal(set.lake, "s3://mastodon");
  assert.equal(set.topic, "toots");
  assert.equal(set.age, 5_000);
  assert.equal(set.group, "mine");
});

Deno.test("dead letters go to a topic, or to a file of the data folder", () => {
  assert.deepEqual(parse(["--dead-letters", "file", "--lake", "/a/lake"]).deadLetters, {
    file: "/a/sink-dead-letters.jsonl",
  });
  assert.deepEqual(parse(["--dead-letters", "file", "--data", "/b"]).deadLetters, {
    file: "/b/sink-dead-letters.jsonl",
  });
  assert.deepEqual(parse(["--dead-letters", "unread"]).deadLetters, { topic: "unread" });
});

Deno.test("sinks of one lake share a group, those of two do not", () => {
  const host = () => "here";
  assert.equal(groupOf("s3://mastodon", "t"), groupOf("s3://mastodon", "t", host));
  assert.notEqual(groupOf("s3://mastodon", "t"), groupOf("s3://other", "t"));
  assert.notEqual(groupOf("data/lake", "t", host), groupOf("data/lake", "t", () => "there"));
  assert.match(groupOf("s3://mastodon", "t"), /^mastodon-lake-sink-[0-9a-f]{8}$/);
});

Deno.test("a wrong value is an error that names the flag or the variable", () => {
  assert.throws(() => parse(["--rows", "0"]), /--rows/);
  assert.throws(() => parse(["--age", "soon"]), /--age/);
  assert.throws(() => parse(["--brokers", "http://a"]), /--brokers/);
  assert.throws(() => parse(["--topic", "../x"]), /--topic/);
  assert.throws(
    () => parse([], { MASTODON_BROKERS: "http://a" }),
    (error) =>
      error instanceof Failure && error.exitCode === 2 &&
      /^MASTODON_BROKERS: expected/.test(error.message),
  );
});
