import assert from "node:assert/strict";
import { request } from "node:http";
import { faultTest, follow, get, local } from "../testing/fault-test.ts";
import { read, streamOf } from "../testing/plain-reader.ts";

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
    // Streams that are open on the former port go on.
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

faultTest("http", "a proxy or a CDN answers in HTML, upgrades too", async (federation, server) => {
  await federation.fault(0, { kind: "http", status: 403, on: "any", body: "html", count: 2 });
  const { status, headers, body } = await get(server);
  assert.deepEqual([status, headers.get("content-type")], [403, "text/html"]);
  assert.match(body, /<!DOCTYPE html>/);
  const type = await new Promise((resolve) => {
    const { socket } = read(streamOf(federation), server.token);
    socket.on("unexpected-response", (request, response) => {
      resolve(response.headers["content-type"]);
      request.destroy();
    });
  });
  assert.equal(type, "text/html");
  assert.equal((await get(server)).status, 200);
});
