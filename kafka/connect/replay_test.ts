import assert from "node:assert/strict";
import { createRushingClock } from "./testing/rushing-clock.ts";
import { type Connect, ConnectUnavailable, openConnect } from "./client.ts";
import { replaySink } from "./replay.ts";
import { startFakeConnect } from "./testing/fake-connect.ts";

async function withSink(
  test: (
    fake: ReturnType<typeof startFakeConnect>,
    run: (connect?: Connect, signal?: AbortSignal) => Promise<string[]>,
  ) => Promise<void>,
): Promise<void> {
  const fake = startFakeConnect({ tasksEnd: 3 });
  try {
    await openConnect(fake.url).configure("sink", { "tasks.max": "2" });
    await test(fake, async (connect = openConnect(fake.url), signal) => {
      const said: string[] = [];
      await replaySink({
        connect,
        name: "sink",
        signal: signal ?? new AbortController().signal,
        say: (line) => said.push(line),
        clock: createRushingClock(),
      });
      return said;
    });
  } finally {
    await fake.close();
  }
}

Deno.test("replay stops the sink, deletes its offsets once its tasks have ended, and resumes it", () =>
  withSink(async (fake, run) => {
    assert.deepEqual(await run(), [
      "Stopping 'sink'",
      "Deleting its offsets",
      "Resumed 'sink': it reads its topics from the beginning",
    ]);
    const asked = fake.requests.slice(1).filter((line, i, all) => line !== all[i - 1]);
    assert.deepEqual(asked, [
      "PUT /connectors/sink/stop",
      "DELETE /connectors/sink/offsets",
      "PUT /connectors/sink/resume",
    ]);
    assert.equal(fake.connectors.get("sink")?.state, "RUNNING");
  }));

Deno.test("replay resumes the sink also if its offsets cannot be deleted", () =>
  withSink(async (fake, run) => {
    const connect = openConnect(fake.url);
    const refusing: Connect = {
      ...connect,
      deleteOffsets: () => Promise.reject(new ConnectUnavailable("the group is not empty")),
    };
    await assert.rejects(run(refusing), {
      name: "Failure",
      message: "cannot delete the offsets of 'sink': the group is not empty",
    });
    assert.equal(fake.connectors.get("sink")?.state, "RUNNING");
  }));

Deno.test("replay resumes the sink if it is interrupted", () =>
  withSink(async (fake, run) => {
    const stopping = new AbortController();
    const connect = openConnect(fake.url);
    const interrupted: Connect = {
      ...connect,
      async stop(name) {
        await connect.stop(name);
        stopping.abort();
      },
    };
    await assert.rejects(run(interrupted, stopping.signal), { message: "stopped", exitCode: 130 });
    assert.equal(fake.connectors.get("sink")?.state, "RUNNING");
  }));

Deno.test("replay of a connector that Connect does not know changes nothing", () =>
  withSink(async (fake) => {
    const asking = replaySink({
      connect: openConnect(fake.url),
      name: "other",
      signal: new AbortController().signal,
      say: () => {},
    });
    await assert.rejects(asking, /knows no connector 'other'/);
    assert.equal(fake.requests.length, 1);
  }));
