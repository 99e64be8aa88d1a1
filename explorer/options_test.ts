import assert from "node:assert/strict";
import { Failure } from "../lake/mod.ts";
import { readOptions } from "./options.ts";

const read = (...args: string[]) => readOptions(args, () => undefined)!;

Deno.test("on 127.0.0.1 no token is needed; elsewhere there always is one", () => {
  assert.equal(read().token, null);
  assert.equal(read("--host", "localhost").token, null);
  assert.match(read("--host", "0.0.0.0").token!, /^[0-9a-f-]{36}$/);
  assert.equal(read("--host", "0.0.0.0", "--token", "mine").token, "mine");
});

Deno.test("an invalid port is a usage error", () => {
  for (const port of ["65536", "-1", "http", "80.5"]) {
    assert.throws(
      () => read("--port", port),
      (error) => error instanceof Failure && error.exitCode === 2 && /65535/.test(error.message),
    );
  }
  assert.equal(read("--port", "0").port, 0);
  assert.throws(() => read("--lakes", "x"), {
    name: "Failure",
    message: "--lakes: unknown option (Did you mean --lake?)",
  });
  assert.throws(() => read("--port", "x"), {
    message: "--port: expected a port from 0 to 65535, got 'x'",
  });
});

Deno.test("the memory of DuckDB is a size", () => {
  assert.equal(read().memory, undefined);
  assert.equal(read("--memory", "1500MB").memory, "1500MB");
  assert.throws(() => read("--memory", "much"), {
    message: "--memory: expected a size such as 500MB or 2GB, got 'much'",
  });
});

Deno.test("the name of a topic cannot lead out of the lake", () => {
  assert.equal(read("--topic", "other").topic, "other");
  assert.equal(readOptions([], (name) => name === "MASTODON_TOPIC" ? "x" : undefined)!.topic, "x");
  assert.throws(() => read("--topic", "../x"), /^Failure: --topic: expected a topic .*'\.\.\/x'$/);
  assert.throws(() => readOptions([], () => "../x"), /^Failure: MASTODON_TOPIC: expected a topic/);
});
