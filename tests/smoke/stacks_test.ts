import assert from "node:assert/strict";
import { join } from "node:path";
import { startCompose } from "./stacks.ts";

/** Runs `test` with a fake `docker` that records its arguments and fails at `failing`. */
async function withDocker(
  failing: string,
  test: (docker: string, calls: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const docker = join(folder, "docker");
    await Deno.writeTextFile(
      docker,
      `#!/bin/sh\necho "$@ kafka=$KAFKA_PORT" >> "${folder}/calls"\n` +
        `case " $* " in *" ${failing} "*) echo "container connect is unhealthy" >&2; exit 1;; esac\n`,
      { mode: 0o755 },
    );
    await test(docker, async () => (await Deno.readTextFile(`${folder}/calls`)).trim().split("\n"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("smoke: compose runs as its own project, on its own ports", () =>
  withDocker("none", async (docker, calls) => {
    const stack = await startCompose(() => {}, docker);
    await stack.close();
    const made = await calls();
    assert.ok(made.every((call) => call.startsWith("compose -p mastodon-stream-smoke ")));
    const port = stack.brokers.split(":")[1]!;
    assert.notEqual(port, "9092");
    assert.ok(made.every((call) => call.endsWith(` kafka=${port}`)));
    assert.deepEqual(made.map((call) => call.split(" ")[3]), ["down", "up", "ps", "down"]);
    assert.match(made[1]!, / up -d --wait /);
    assert.match(made[3]!, / down --volumes /);
    assert.equal(stack.lake, "s3://mastodon");
  }));

Deno.test("smoke: a stack that does not start shows its logs and is removed", () =>
  withDocker("up", async (docker, calls) => {
    await assert.rejects(startCompose(() => {}, docker), /container connect is unhealthy/);
    const made = (await calls()).map((call) => call.split(" ")[3]);
    assert.deepEqual(made, ["down", "up", "logs", "down"]);
  }));
