import assert from "node:assert/strict";
import { faultTest, follow, page, two } from "../testing/fault-test.ts";

for (const code of [1000, 1001, 1006, 1012] as const) {
  faultTest(
    "close",
    `the stream ends with ${code}, what was sent before arrives`,
    async (federation) => {
      const readers = [await follow(federation), await follow(federation)];
      federation.publish(3);
      await federation.fault(0, { kind: "close", code });
      for (const reader of readers) {
        assert.equal(await reader.closed, code);
        assert.equal(reader.frames.length, 3);
      }
      const again = await follow(federation);
      federation.publish();
      await again.until(() => again.frames.length === 1);
    },
  );
}

faultTest("close", "with `after` it waits for so many statuses", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "close", code: 1012, after: 5 });
  federation.publish(9);
  assert.equal(await reader.closed, 1012);
  assert.equal(reader.frames.length, 5);
});

faultTest("reset", "the connection is reset", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "reset" });
  assert.equal(await reader.closed, 1006);
});

faultTest("invalid-json", "a frame is no JSON, the next one is", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "invalid-json", count: 2 });
  federation.publish();
  await reader.until(() => reader.frames.length === 3);
  assert.throws(() => JSON.parse(reader.frames[0]!), SyntaxError);
  assert.throws(() => JSON.parse(reader.frames[1]!), SyntaxError);
  JSON.parse(reader.frames[2]!);
});

faultTest("empty-frame", "a frame is empty", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "empty-frame" });
  await reader.until(() => reader.frames.length === 1);
  assert.equal(reader.frames[0], "");
});

faultTest("error-frame", "a frame tells of an error", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "error-frame", error: "Not authorized", status: 401 });
  await reader.until(() => reader.frames.length === 1);
  assert.deepEqual(JSON.parse(reader.frames[0]!), { error: "Not authorized", status: 401 });
});

faultTest("unknown-event", "an event that nobody knows", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "unknown-event" });
  await reader.until(() => reader.frames.length === 1);
  assert.equal(reader.parsed()[0]!.event, "tusk.polished");
});

faultTest("frame", "any text", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "frame", text: "猫" });
  await reader.until(() => reader.frames.length === 1);
  assert.equal(reader.frames[0], "猫");
});

faultTest("frame", "with `after` it waits for so many statuses, once", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "frame", text: "one", after: 2 });
  await federation.fault(0, { kind: "frame", text: "two", after: 1, count: 2 });
  federation.publish(4);
  await reader.until(() => reader.frames.length === 7);
  assert.deepEqual(
    reader.frames.map((frame) => frame.length > 3 ? "status" : frame),
    ["status", "two", "status", "one", "two", "status", "status"],
  );
});

faultTest("close", "1005 is a close frame without a code", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "close", code: 1005 });
  assert.equal(await reader.closed, 1005);
});

faultTest("flood", "invented authors opt out, here and elsewhere", async (federation, server) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "flood", authors: 1_200 });
  await reader.until(() => reader.frames.length === 1_200);
  const accounts = reader.statuses().map(({ account }) => account);
  assert.equal(new Set(accounts.map(({ acct }) => acct)).size, 1_200);
  assert.ok(accounts.every(({ noindex, note }) => noindex && note.includes("#nobot")));
  assert.equal(accounts.filter(({ acct }) => acct.includes("@")).length, 600);
  assert.equal(server.counts().cutOff, 0);
  assert.deepEqual(federation.truth(), []);
});

faultTest(
  "forged-edits",
  "copies of others' posts have another text, for good",
  async (federation, server) => {
    const [first, second] = federation.publish(2, { home: 1 });
    const [own] = federation.publish(1, { home: 0 });
    const reader = await follow(federation);
    await federation.fault(0, { kind: "forged-edits", count: 1 });
    await reader.until(() => reader.frames.length === 1);
    const [frame] = reader.parsed();
    assert.equal(frame!.event, "status.update");
    const forged = JSON.parse(frame!.payload);
    assert.deepEqual([forged.uri, forged.content], [second!.uri, "<p>FORGED</p>"]);
    assert.equal(forged.edited_at, "2099-01-01T00:00:00.000Z");
    const shown = await page(server);
    assert.deepEqual(shown.map(({ content }) => content), [
      own!.content,
      "<p>FORGED</p>",
      first!.content,
    ]);
    assert.equal((await page(federation.servers[1]!))[1]!.content, second!.content);
    assert.equal(federation.truth()[1]!.content, second!.content);
  },
  two,
);

faultTest(
  "forged-deletes",
  "copies of others' posts go, their own server keeps them",
  async (federation, server) => {
    const [other] = federation.publish(1, { home: 1 });
    federation.publish(1, { home: 0 });
    const reader = await follow(federation);
    await federation.fault(0, { kind: "forged-deletes", count: 5 });
    await reader.until(() => reader.frames.length === 1);
    assert.deepEqual(
      reader.parsed()[0],
      { stream: ["public"], event: "delete", payload: other!.ids[server.baseURL]! },
    );
    assert.equal((await page(server)).length, 1);
    assert.equal((await page(federation.servers[1]!)).length, 2);
    const [truth] = federation.truth();
    assert.deepEqual(Object.keys(truth!.ids), [federation.servers[1]!.baseURL]);
  },
  two,
);
