import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startFakeConnect } from "./testing/fake-connect.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Runs the command like the container `register`, without packages and configuration. */
async function connect(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-prompt"],
      ...["--allow-net=127.0.0.1", "--allow-read", "--allow-env=CONNECT_URL", MAIN, ...args],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("connect register exits with 1 and the cause if the tasks have failed", async () => {
  const fake = startFakeConnect();
  try {
    fake.breakTasks(
      "java.lang.Exception: it ends\n\tat …\nCaused by: java.io.IOException: no zstd",
    );
    const begun = performance.now();
    const { code, stderr } = await connect("register", "--watch", "--connect", fake.url);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr.split("\n").at(-1)!,
      /^connect: task 0 of 'mastodon-sink-s3' FAILED: java\.lang\.Exception: it ends Caused by: java\.io\.IOException: no zstd/,
    );
    assert.ok(performance.now() - begun < 60_000);
    const checked = await connect("check", "--connect", fake.url);
    assert.equal(checked.code, 1);
    assert.match(
      checked.stderr,
      /^connect: task 0 of 'mastodon-sink-s3' FAILED: [^\n]+no zstd[^\n]*$/,
    );
  } finally {
    await fake.close();
  }
});

Deno.test("connect check says whether the tasks run", async () => {
  const fake = startFakeConnect();
  try {
    const missing = await connect("check", "--connect", fake.url);
    assert.equal(missing.code, 1);
    assert.equal(missing.stderr, "connect: Kafka Connect knows no connector 'mastodon-sink-s3'");
    await fetch(`${fake.url}/connectors/mastodon-sink-s3/config`, { method: "PUT", body: "{}" })
      .then((response) => response.body?.cancel());
    const { code, stdout } = await connect("check", "--connect", fake.url);
    assert.deepEqual([code, stdout], [0, "'mastodon-sink-s3' runs: 1 task(s)"]);
  } finally {
    await fake.close();
  }
  const { code, stderr } = await connect("check", "--connect", fake.url);
  assert.equal(code, 1);
  assert.match(stderr, /^connect: Kafka Connect at http:\S+ does not answer$/);
});

for (
  const [args, says] of [
    [[], "no command; --help lists them"],
    [["restart"], "unknown command 'restart'; --help lists them"],
    [["check", "--fast"], "Unknown option '--fast'"],
    [["check", "--watch"], "--watch is an option of register"],
    [["check", "--connect", "localhost:8083"], "--connect: expected an http"],
    [["check", "no-such.json"], "cannot read 'no-such.json'"],
    [["check", "a.json", "b.json"], "unexpected argument 'b.json'"],
  ] as const
) {
  Deno.test(`connect ${args.join(" ")} is a usage error`, async () => {
    const { code, stderr } = await connect(...args);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.startsWith(`connect: ${says}`) && !stderr.includes("\n"), stderr);
  });
}
