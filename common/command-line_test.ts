import assert from "node:assert/strict";
import { Command, CommanderError, Option } from "commander";
import { describeUsageError, envValue, parseTopic, parseWhole } from "./command-line.ts";
import { Failure } from "./failure.ts";

/** Returns the message for a wrong command line. */
function describe(...args: string[]): string {
  const command = new Command("x")
    .exitOverride().configureOutput({ writeErr: () => {} })
    .option("--limit <n>", "", parseWhole(1, 10))
    .option("--token <text>", "", parseWhole(1, 10))
    .addOption(new Option("--log <format>").choices(["text", "json", "none"]))
    .allowExcessArguments(false);
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    assert.ok(error instanceof CommanderError);
    const failure = describeUsageError(error, ["--token"]);
    assert.equal(failure.exitCode, 2);
    return failure.message;
  }
  assert.fail(`${args} was accepted`);
}

Deno.test("a usage error is one line that names the flag and the value", () => {
  assert.equal(
    describe("--limit", "ten"),
    "--limit: expected a whole number from 1 to 10, got 'ten'",
  );
  assert.equal(
    describe("--limit", "11"),
    "--limit: expected a whole number from 1 to 10, got '11'",
  );
  assert.equal(describe("--limit"), "--limit: expected a value, <n>");
  assert.equal(describe("--log", "xml"), "--log: expected text, json or none, got 'xml'");
  assert.equal(describe("--lmit", "1"), "--lmit: unknown option (Did you mean --limit?)");
  assert.equal(describe("toots"), "unexpected argument 'toots'");
});

Deno.test("the value of a secret flag is not repeated", () => {
  assert.equal(describe("--token", "s3cret"), "--token: expected a whole number from 1 to 10");
});

Deno.test("a variable's value is checked like its flag's value", () => {
  const env = (name: string) => ({ SET: "7", EMPTY: "", WRONG: "x" })[name];
  assert.equal(envValue(env, "SET", parseWhole(1, 10), "3"), 7);
  assert.equal(envValue(env, "EMPTY", parseWhole(1, 10), "3"), 3);
  assert.throws(
    () => envValue(env, "WRONG", parseWhole(1, 10), "3"),
    (error) =>
      error instanceof Failure &&
      error.message === "WRONG: expected a whole number from 1 to 10, got 'x'",
  );
});

Deno.test("a topic name is accepted if Kafka accepts it", () => {
  assert.equal(parseTopic("mastodon-topic"), "mastodon-topic");
  for (const topic of ["", "a b", "..", "../x", "x".repeat(231)]) {
    assert.throws(() => parseTopic(topic), /expected a topic/, topic);
  }
});
