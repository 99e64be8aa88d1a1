import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { createRushingClock } from "./testing/rushing-clock.ts";
import { openConnect } from "./client.ts";
import { register, type RegisterOptions } from "./register.ts";
import { startFakeConnect } from "./testing/fake-connect.ts";

const CONFIG = { name: "sink", "tasks.max": "2", topics: "toots" };
const NO_ZSTD = [
  "org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to an error.",
  "\tat org.apache.kafka.connect.runtime.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:636)",
  "Caused by: org.apache.kafka.connect.errors.DataException: cannot write",
  "\tat io.confluent.connect.s3.S3SinkTask.put(S3SinkTask.java:200)",
  "Caused by: java.lang.RuntimeException: native zStandard library not available",
  "\t... 10 more",
].join("\n");

async function withFake(
  test: (world: {
    fake: ReturnType<typeof startFakeConnect>;
    said: string[];
    clock: ReturnType<typeof createRushingClock>;
    run: (more?: Partial<RegisterOptions>) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const fake = startFakeConnect();
  const said: string[] = [], clock = createRushingClock();
  const run = (more: Partial<RegisterOptions> = {}) =>
    register({
      connect: openConnect(fake.url),
      name: "sink",
      config: CONFIG,
      watch: false,
      signal: new AbortController().signal,
      say: (line) => said.push(line),
      clock,
      ...more,
    });
  try {
    await test({ fake, said, clock, run });
  } finally {
    await fake.close();
  }
}

Deno.test("register sends the configuration and waits until the tasks run", () =>
  withFake(async ({ fake, said, run }) => {
    await run();
    assert.deepEqual(fake.connectors.get("sink")?.config, CONFIG);
    assert.deepEqual(said, ["Sent the configuration of 'sink'", "'sink' runs: 2 task(s)"]);
  }));

Deno.test("register leaves a connector alone that has this configuration already", () =>
  withFake(async ({ fake, said, run }) => {
    await run();
    await run();
    assert.equal(fake.requests.filter((line) => line.startsWith("PUT")).length, 1);
    assert.equal(said[2], "'sink' is configured already");
    await run({ config: { ...CONFIG, "tasks.max": "3" } });
    assert.equal(fake.connectors.get("sink")?.tasks.length, 3);
  }));

Deno.test("register fails within a minute if tasks fail, and names the cause", () =>
  withFake(async ({ fake, clock, run }) => {
    fake.breakTasks(NO_ZSTD);
    const begun = clock.now();
    const error = await run().catch((error) => error);
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 1);
    assert.equal(
      error.message,
      "task 0 of 'sink' FAILED: org.apache.kafka.connect.errors.ConnectException: Exiting " +
        "WorkerSinkTask due to an error. Caused by: java.lang.RuntimeException: native zStandard " +
        "library not available (2 of 2 tasks failed)",
    );
    assert.ok(clock.now() - begun <= 60_000);
  }));

Deno.test("register restarts tasks that have failed, and fails if they fail again", () =>
  withFake(async ({ fake, said, run }) => {
    await run();
    fake.breakTasks(NO_ZSTD);
    await assert.rejects(run(), /native zStandard/);
    assert.ok(fake.requests.includes("POST /connectors/sink/restart"));
    fake.breakTasks(null);
    await run();
    assert.equal(said.at(-1), "'sink' runs: 2 task(s)");
  }));

Deno.test("register waits while Connect rebalances, says so once, and gives up in the end", () =>
  withFake(async ({ fake, said, run }) => {
    fake.answer(409);
    await assert.rejects(run(), /^Failure: after 10 minutes: .* answers 409: Cannot complete /);
    assert.ok(said.length > 1 && said.length <= 11, "once a minute");
    assert.match(said[0]!, /answers 409: .*; retrying, nothing is lost$/);
  }));

Deno.test("register fails at once if Connect refuses the configuration", () =>
  withFake(async ({ fake, run }) => {
    fake.answer(400);
    await assert.rejects(run(), { name: "Failure", message: /answers 400: Cannot complete/ });
  }));

Deno.test("register --watch goes on, and fails when a task fails later", () =>
  withFake(async ({ fake, said, run }) => {
    const watching = run({
      watch: true,
      say(line) {
        said.push(line);
        if (line.includes("runs")) fake.breakTasks(NO_ZSTD);
      },
    });
    await assert.rejects(watching, /^Failure: task 0 of 'sink' FAILED/);
  }));

Deno.test("register --watch ends on the signal", () =>
  withFake(async ({ run }) => {
    const stopping = new AbortController();
    await run({
      watch: true,
      signal: stopping.signal,
      say: (line) => line.includes("runs") && stopping.abort(),
    });
  }));

Deno.test("register fails if the tasks do not start", () =>
  withFake(async ({ run }) => {
    await assert.rejects(
      run({ config: { ...CONFIG, "tasks.max": "0" } }),
      /after 120 s: connector 'sink' is RUNNING, no tasks yet/,
    );
  }));
