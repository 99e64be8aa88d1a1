import assert from "node:assert/strict";
import { request } from "node:http";
import { type Fault, type Federation, type SimulatedServer } from "../mod.ts";
import { createFaults, FAULT_KINDS } from "./faults.ts";
import { opened, read, streamOf } from "./plain-reader.ts";

const local = { servers: 1, outside: 0 };
const tried = new Set<string>();

/** A test of one kind of fault. */
function faultTest(
  kind: Fault["kind"],
  what: string,
  use: (federation: Federation, server: SimulatedServer) => Promise<void>,
  options: Parameters<typeof opened>[0] = local,
): void {
  tried.add(kind);
  Deno.test(`fault ${kind}: ${what}`, () =>
    opened(options, (federation) => use(federation, federation.servers[0]!)));
}

async function follow(federation: Federation) {
  const server = federation.servers[0]!;
  const before = server.counts().subscriptions;
  const reader = read(streamOf(federation), server.token);
  await Promise.all([reader.opened, server.followed(before + 1)]);
  return reader;
}

async function get(server: SimulatedServer, path = "/api/v1/timelines/public?limit=40") {
  const response = await fetch(`${server.baseURL}${path}`, {
    headers: { Authorization: `Bearer ${server.token}` },
    redirect: "manual",
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

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
    // When the server has read this, it has read the ping.
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
  // The next reader is well.
  const next = await follow(federation);
  federation.publish();
  await next.until(() => next.frames.length === 1);
  assert.equal(reader.socket.readyState, reader.socket.OPEN);
  assert.equal(reader.frames.length, 0);
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

faultTest("duplicate", "so many statuses come twice", async (federation) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "duplicate", count: 2 });
  federation.publish(3);
  await reader.until(() => reader.frames.length === 5);
  const uris = reader.statuses().map(({ uri }) => uri);
  assert.deepEqual([uris[0], uris[2], new Set(uris).size], [uris[1], uris[3], 3]);
});

faultTest("nulls", "a status lacks what others have, in the stream and in the timeline", async (
  federation,
  server,
) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "nulls", count: 1 });
  const posted = federation.publish(2);
  await reader.until(() => reader.frames.length === 2);
  const [hollow, whole] = reader.statuses();
  const { content, url, language, application } = hollow;
  assert.deepEqual({ content, url, language, application }, {
    content: null,
    url: null,
    language: null,
    application: null,
  });
  assert.notEqual(whole.content, null);
  assert.equal(posted[0]!.content, null);
  assert.equal(hollow.uri, posted[0]!.uri);
  assert.deepEqual(JSON.parse((await get(server)).body)[1], {
    ...hollow,
    favourited: false,
    reblogged: false,
    muted: false,
    bookmarked: false,
    filtered: [],
  });
});

faultTest("ulid", "ids are ULIDs, and paging takes them", async (federation, server) => {
  const reader = await follow(federation);
  await federation.fault(0, { kind: "ulid" });
  federation.publish(10);
  await reader.until(() => reader.frames.length === 10);
  const ids: string[] = reader.statuses().map(({ id }) => id);
  for (const id of ids) assert.match(id, /^[0-9A-Z]{26}$/);
  assert.deepEqual(ids, ids.toSorted());
  const page = JSON.parse(
    (await get(server, `/api/v1/timelines/public?limit=3&min_id=${ids[4]}`)).body,
  );
  assert.deepEqual(page.map(({ id }: { id: string }) => id), ids.slice(5, 8).reverse());
  const one = await get(server, `/api/v1/statuses/${ids[2]}`);
  assert.equal(JSON.parse(one.body).id, ids[2]);
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
  { servers: 2, federates: 1, clock: tick(Date.UTC(2026, 10, 20)) },
);

function tick(from: number): () => number {
  let now = from;
  return () => now += 7;
}

for (const status of [401, 422, 429, 500, 503]) {
  faultTest("http", `the next two answers are ${status}`, async (federation, server) => {
    await federation.fault(0, {
      kind: "http",
      status,
      count: 2,
      ...(status === 429 ? { resetIn: 60_000, retryAfter: 60 } : {}),
    });
    for (let i = 0; i < 2; i++) {
      const { status: answered, headers, body } = await get(server);
      assert.equal(answered, status);
      assert.ok(body.length > 0);
      if (status === 503) assert.match(body, /<html>/);
      else assert.equal(typeof JSON.parse(body).error, "string");
      if (status !== 429) continue;
      assert.equal(headers.get("x-ratelimit-remaining"), "0");
      assert.equal(headers.get("retry-after"), "60");
      assert.equal(headers.get("x-ratelimit-reset"), "2026-11-20T18:01:00.000Z");
    }
    assert.equal((await get(server)).status, 200);
  });
}

faultTest("http", "only where it is asked to be", async (federation, server) => {
  await federation.fault(0, { kind: "http", status: 500, path: "/api/v2/instance" });
  assert.equal((await get(server)).status, 200);
  assert.equal((await get(server, "/api/v2/instance")).status, 500);
  await federation.heal();
  await federation.fault(0, { kind: "http", status: 503, on: "stream", count: 1 });
  assert.equal((await get(server)).status, 200);
  const refused = await new Promise<number>((resolve) => {
    const reader = read(streamOf(federation), server.token);
    reader.socket.on("unexpected-response", (request, response) => {
      resolve(response.statusCode!);
      request.destroy();
    });
  });
  assert.equal(refused, 503);
  await follow(federation);
});

faultTest("http", "an answer of half a page", async (federation, server) => {
  await federation.fault(0, { kind: "http", status: 200, body: "half", count: 1 });
  const { status, body } = await get(server);
  assert.equal(status, 200);
  assert.throws(() => JSON.parse(body), SyntaxError);
});

faultTest("drop", "the connection of a request is reset", async (federation, server) => {
  await federation.fault(0, { kind: "drop", count: 1 });
  await assert.rejects(
    new Promise((resolve, reject) =>
      request(`${server.baseURL}/api/v1/instance`, resolve).on("error", reject).end()
    ),
  );
  assert.equal((await get(server)).status, 200);
});

faultTest("slow", "an answer comes late", async (federation, server) => {
  await federation.fault(0, { kind: "slow", by: 80, count: 1 });
  const began = performance.now();
  await get(server);
  assert.ok(performance.now() - began >= 75);
});

faultTest("disabled", "200 and empty, and the instance says so", async (federation, server) => {
  federation.publish(5);
  await federation.fault(0, { kind: "disabled" });
  const { status, body } = await get(server);
  assert.deepEqual([status, body], [200, "[]"]);
  const instance = JSON.parse((await get(server, "/api/v2/instance")).body);
  assert.equal(instance.configuration.timelines_access.live_feeds.local, "disabled");
  const reader = await follow(federation);
  federation.publish(3);
  await federation.heal();
  const [last] = federation.publish();
  await reader.until(() => reader.frames.length > 0);
  assert.equal(reader.statuses()[0].uri, last!.uri);
});

faultTest(
  "hole",
  "what is older than it serves is not there",
  async (federation, server) => {
    await federation.fault(0, { kind: "hole", older: 600_000 });
    const page = JSON.parse((await get(server, "/api/v1/timelines/public?limit=40&min_id=1")).body);
    const known = federation.truth().filter(({ posted }) =>
      posted >= Date.UTC(2026, 10, 20, 18) - 600_000
    );
    assert.ok(known.length > 3 && known.length < federation.truth().length / 3);
    assert.equal(page.at(-1).uri, known[0]!.uri);
  },
  { ...local, history: 3_600_000, perDay: 2_000 },
);

faultTest(
  "moved-stream",
  "another port streams, and the instance says so",
  async (federation, server) => {
    await federation.fault(0, { kind: "moved-stream" });
    assert.notEqual(server.streamingURL, server.baseURL.replace("http", "ws"));
    const { urls } = JSON.parse((await get(server, "/api/v2/instance")).body).configuration;
    assert.equal(urls.streaming, server.streamingURL);
    const there = await follow(federation);
    federation.publish();
    await there.until(() => there.frames.length === 1);
    await federation.heal();
    assert.equal(server.streamingURL, server.baseURL.replace("http", "ws"));
    const here = await follow(federation);
    federation.publish();
    // Who streams there streams on.
    await here.until(() => here.frames.length === 1);
    await there.until(() => there.frames.length === 2);
  },
);

faultTest("moved-stream", "or only the redirect says so", async (federation, server) => {
  await federation.fault(0, { kind: "moved-stream", announced: false });
  const { urls } = JSON.parse((await get(server, "/api/v2/instance")).body).configuration;
  assert.equal(urls.streaming, server.baseURL.replace("http", "ws"));
  const reader = read(`${urls.streaming}/api/v1/streaming?stream=public`, server.token);
  const [status, location] = await new Promise<[number, string]>((resolve) =>
    reader.socket.on("unexpected-response", (request, response) => {
      resolve([response.statusCode!, response.headers.location!]);
      request.destroy();
    })
  );
  assert.equal(status, 301);
  assert.equal(
    location,
    `${server.streamingURL.replace("ws", "http")}/api/v1/streaming?stream=public`,
  );
  read(location, server.token);
  await server.followed();
});

faultTest(
  "down",
  "nobody listens, and later again on the same port",
  async (federation, server) => {
    const reader = await follow(federation);
    const { baseURL } = server;
    const fault = await federation.fault(0, { kind: "down" });
    assert.equal(await reader.closed, 1006);
    await assert.rejects(fetch(`${baseURL}/api/v1/instance`));
    federation.publish(2);
    await fault.clear();
    assert.equal(server.baseURL, baseURL);
    assert.equal(JSON.parse((await get(server)).body).length, 2);
  },
);

faultTest("down", "for a time, and then by itself", async (federation, server) => {
  await federation.fault(0, { kind: "down", ms: 30 });
  await assert.rejects(fetch(`${server.baseURL}/api/v1/instance`));
  for (;;) {
    const response = await fetch(`${server.baseURL}/api/v1/instance`).catch(() => undefined);
    await response?.body?.cancel();
    if (response) break;
  }
});

Deno.test("fault: ends after its time, by the servers' clock", () => {
  let now = 1_000;
  const faults = createFaults(() => now);
  faults.add({ kind: "mute", ms: 500 });
  assert.ok(faults.find("mute"));
  now = 1_499;
  assert.ok(faults.use("mute"));
  now = 1_500;
  assert.equal(faults.find("mute"), undefined);
  assert.equal(faults.list().length, 0);
});

Deno.test("fault: every kind has its test", () => {
  assert.deepEqual([...FAULT_KINDS].sort(), [...tried].sort());
});
