import assert from "node:assert/strict";
import { faultTest, follow, get, page, ticking, two } from "../testing/fault-test.ts";
import { read, streamOf } from "../testing/plain-reader.ts";

faultTest(
  "silence",
  "the socket stays open without frame, ping or pong",
  async (federation, server) => {
    const reader = await follow(federation);
    const fault = await federation.fault(0, { kind: "silence" });
    federation.publish(5);
    federation.ping();
    let pongs = 0;
    reader.socket.on("pong", () => pongs++);
    reader.socket.ping();
    // When the server has read this message, it has also read the ping before it.
    reader.socket.send(JSON.stringify({ type: "subscribe", stream: "user" }));
    await server.followed(2);
    await fault.clear();
    federation.publish();
    await reader.until(() => reader.frames.length === 1);
    assert.deepEqual([reader.pings, pongs, reader.frames.length], [0, 0, 1]);
    assert.equal(JSON.parse((await get(server)).body).length, 6);
  },
);

faultTest("mute", "pings come, so many statuses do not", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "mute", count: 4 });
  const posted = federation.publish(5);
  federation.ping();
  await reader.until(() => reader.pings === 1 && reader.frames.length === 1);
  assert.equal(reader.statuses()[0].uri, posted[4]!.uri);
});

faultTest("half-frame", "the stream ends in the middle of a status", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "half-frame", count: 1 });
  federation.publish(2);
  assert.equal(await reader.closed, 1006);
  assert.equal(reader.frames.length, 0);
});

faultTest("half-frame", "or stalls there", async (federation, server) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "half-frame", then: "stall", count: 1 });
  federation.publish(2);
  assert.equal(server.counts().connections, 0);
  // The next reader works normally.
  const next = await follow(federation);
  federation.publish();
  await next.until(() => next.frames.length === 1);
  assert.equal(reader.socket.readyState, reader.socket.OPEN);
  assert.equal(reader.frames.length, 0);
});

faultTest("duplicate", "so many statuses come twice", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "duplicate", count: 2 });
  federation.publish(3);
  await reader.until(() => reader.frames.length === 5);
  const uris = reader.statuses().map(({ uri }) => uri);
  assert.deepEqual([uris[0], uris[2], new Set(uris).size], [uris[1], uris[3], 3]);
});

faultTest(
  "late",
  "statuses from elsewhere come later, under an older id",
  async (federation, server) => {
    const reader = await follow(federation);
    await federation.fault(0, { kind: "late", held: 4, count: 3 });
    const { baseURL } = server;
    federation.publish(60);
    const here = federation.truth().filter(({ ids }) => ids[baseURL]);
    await reader.until(() => reader.frames.length === here.length);
    const ids = reader.statuses().map(({ id }) => BigInt(id));
    const older = ids.filter((id, i) => i > 0 && id < ids[i - 1]!);
    assert.equal(older.length, 3);
    const page = JSON.parse((await get(server)).body).map(({ id }: { id: string }) => BigInt(id));
    assert.deepEqual(page, ids.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, 40));
  },
  { servers: 2, federates: 1, clock: ticking(Date.UTC(2026, 10, 20)) },
);

faultTest("hiccup", "a share of all events gets lost, the socket stays healthy", async (
  federation,
  server,
) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "hiccup", share: 0.3 });
  const posted = federation.publish(100);
  await federation.heal();
  const [last] = federation.publish();
  await reader.until(() => reader.statuses().at(-1)?.uri === last!.uri);
  assert.ok(reader.frames.length > 50 && reader.frames.length < 90, `${reader.frames.length}`);
  await federation.fault(0, { kind: "hiccup", count: 2 });
  federation.edit(posted[0]!.uri);
  federation.delete(posted[1]!.uri);
  federation.delete(posted[2]!.uri);
  await reader.until(() => reader.parsed().some(({ event }) => event === "delete"));
  assert.equal(reader.parsed().at(-1)!.payload, posted[2]!.ids[server.baseURL]);
  assert.equal(server.counts().connections, 1);
});

faultTest("late", "or so many milliseconds later", async (federation, server) => {
  await federation.fault(0, { kind: "late", by: 1_000, count: 1 });
  const [late] = federation.publish(1, { home: 1 });
  const [second, third] = federation.publish(2, { home: 0 });
  assert.deepEqual((await page(server)).map(({ uri }) => uri), [third!.uri, second!.uri]);
  // Each reading of the clock moves it on by a hundred milliseconds.
  const more = federation.publish(10, { home: 0 });
  const uris = (await page(server)).map(({ uri }) => uri);
  assert.deepEqual(uris.slice(-3), [third!.uri, second!.uri, late!.uri]);
  assert.equal(uris.length, more.length + 3);
}, { ...two, clock: ticking(Date.UTC(2026, 10, 20), 100) });

faultTest("delete-first", "the delete of a status is sent before its update", async (
  federation,
  server,
) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "delete-first", count: 1 });
  federation.publish();
  await reader.until(() => reader.frames.length === 2);
  const [gone, update] = reader.parsed();
  assert.deepEqual([gone!.event, update!.event], ["delete", "update"]);
  assert.equal(JSON.parse(update!.payload).id, gone!.payload);
  assert.deepEqual(await page(server), []);
  assert.deepEqual(federation.truth(), []);
  assert.equal(federation.deleted().length, 1);
});

for (const by of [300_000, 10 * 365 * 86_400_000]) {
  faultTest("ids-ahead", `ids of a time ${by} ms ahead, and right ones after it`, async (
    federation,
    server,
  ) => {
    const now = Date.UTC(2026, 10, 20, 18);
    federation.publish();
    await federation.fault(0, { kind: "ids-ahead", by, count: 1 });
    const [ahead] = federation.publish();
    const later = federation.publish(3);
    const shown = await page(server);
    const times = shown.map(({ id }) => Number(BigInt(id) >> 16n));
    assert.deepEqual(times, [now + by, now, now, now, now]);
    assert.equal(shown[0]!.uri, ahead!.uri);
    assert.equal(shown[0]!.created_at, new Date(now).toISOString());
    assert.equal(shown[1]!.uri, later.at(-1)!.uri);
    const above = await page(server, `limit=2&min_id=${later[0]!.ids[server.baseURL]}`);
    assert.deepEqual(above.map(({ uri }) => uri), [later[2]!.uri, later[1]!.uri]);
  });
}

faultTest("clock-ahead", "ids, times, edits and headers are ahead", async (federation, server) => {
  const now = Date.UTC(2026, 10, 20, 18);
  await federation.fault(0, { kind: "clock-ahead", by: 600_000 });
  const [own] = federation.publish(1, { home: 0 });
  const [other] = federation.publish(1, { home: 1 });
  federation.edit(own!.uri);
  const shown = await page(server);
  assert.ok(shown.every(({ id }) => Number(BigInt(id) >> 16n) === now + 600_000));
  const mine = shown.find(({ uri }) => uri === own!.uri)!;
  assert.equal(Date.parse(mine.created_at), now + 600_000);
  assert.equal(Date.parse(mine.edited_at!), now + 600_001);
  assert.equal(own!.posted, now + 600_000);
  assert.equal(other!.posted, now);
  const { headers } = await get(server);
  assert.equal(Date.parse(headers.get("date")!), now + 600_000);
  assert.ok(Date.parse(headers.get("x-ratelimit-reset")!) > now + 600_000);
}, two);

faultTest("revoked-token", "open streams close with 1005, then it is 401", async (
  federation,
  server,
) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "revoked-token" });
  assert.equal(await reader.closed, 1005);
  assert.equal((await get(server)).status, 401);
  assert.equal((await get(server, undefined, null)).status, 200);
  const refused = await new Promise((resolve) => {
    const { socket } = read(streamOf(federation), server.token);
    socket.on("unexpected-response", (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
  });
  assert.equal(refused, 401);
  await federation.heal();
  await follow(federation);
});

faultTest("token-elsewhere", "the socket does not take the token from the header", async (
  federation,
  server,
) => {
  await federation.fault(0, { kind: "token-elsewhere", from: "protocol" });
  const refusal = (url: string) =>
    new Promise((resolve) => {
      const { socket } = read(url, server.token);
      socket.on("unexpected-response", (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
    });
  assert.equal(await refusal(streamOf(federation)), 403);
  assert.equal(await refusal(`${streamOf(federation)}&access_token=${server.token}`), 403);
  const socket = new WebSocket(streamOf(federation), server.token);
  await server.followed();
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  await federation.heal();
  await federation.fault(0, { kind: "token-elsewhere", from: "query" });
  read(`${streamOf(federation)}&access_token=${server.token}`);
  await server.followed();
  assert.equal((await get(server)).status, 200);
});
