import assert from "node:assert/strict";
import type { ServerEvent } from "./event.ts";
import { feed } from "./feed.ts";
import { type Reader, readFeed } from "./testing/reader.ts";
import { createGivenStatuses, NO_FLOOR } from "./given-statuses.ts";
import { post, snowflake } from "./testing/timeline.ts";
import { createWorld, type World } from "./testing/world.ts";

const NOW = Date.now() - 3_600_000;
const posts = (count: number, from = NOW) =>
  Array.from({ length: count }, (_, i) => post(from + i * 1_000));
const ids = (reader: Reader) =>
  reader.statuses().map(({ status }) => (status as { id: string }).id);
const open = (reader: Reader) => reader.notices().some((text) => text.endsWith("is open"));

/** Lets the event loop run twenty times, so that everything that waits for no timer is done. */
async function rest(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve));
}

async function end({ abort, clock }: World, reader: Reader): Promise<void> {
  abort.abort();
  await reader.done;
  assert.equal(clock.pending, 0, "timers are left");
}

Deno.test("by default, the feed yields new statuses and no older ones", async () => {
  const world = createWorld(posts(100));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  const fresh = posts(3, Date.now());
  world.post(...fresh);
  await reader.until(() => ids(reader).length === 3);
  assert.deepEqual(ids(reader), fresh.map(({ id }) => id));
  assert.deepEqual(reader.gaps(), []);
  await end(world, reader);
  const [covered] = reader.coverage();
  assert.equal(covered!.outcome, "covered", "until the end");
});

Deno.test("the feed names the server's software with its version", async () => {
  const world = createWorld(posts(3));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  const identities = reader.events.filter(({ kind }) => kind === "identity");
  assert.deepEqual(identities, [{ kind: "identity", domain: null, software: "Mastodon 4.5.3" }]);
  await end(world, reader);
});

const resume = (time: number) => ({ id: snowflake(time), time, coveredUntil: null });

Deno.test("a resumed feed yields all statuses since the last run, and late ones from shortly before its end", async () => {
  for (const [federated, before] of [[true, 120], [false, 60]] as const) {
    const world = createWorld(posts(300));
    const options = world.options({ resume: resume(NOW + 200_000), federated });
    const reader = readFeed(feed(options, world.deps));
    await reader.until(() => reader.gaps().length === 1);
    assert.deepEqual(
      new Set(ids(reader)),
      new Set(posts(300).slice(200 - before).map(({ id }) => id)),
    );
    const [gap] = reader.gaps();
    assert.deepEqual([gap!.cause, gap!.filled, gap!.lost], ["start", 100 + before, 0]);
    assert.ok(Math.abs(gap!.milliseconds! - 3_400_000) < 60_000);
    await end(world, reader);
    const outcomes = reader.coverage().map(({ outcome, cause }) => [outcome, cause]);
    assert.deepEqual(outcomes[0], ["filled", "start"]);
  }
});

Deno.test("a resumed feed with a memory yields only new and edited statuses, and deletes", async () => {
  const all = posts(100);
  const given = createGivenStatuses({
    origin: { floor: NO_FLOOR, at: NOW },
    entries: all.slice(0, 60).map(({ id, created_at }) => ({
      ...{ id, at: Date.parse(created_at), edited: 0, outcome: "record", deleted: false },
    })),
  });
  const edited_at = new Date(NOW + 120_000).toISOString();
  const now = all.filter((_, i) => i !== 30).map((one, i) =>
    i === 40 ? { ...one, edited_at } : one
  );
  const world = createWorld(now);
  const memory = { given, begin: given.begin };
  const options = world.options({ memory, resume: resume(NOW + 59_000), token: null });
  const reader = readFeed(feed(options, world.deps));
  await reader.until(() => reader.gaps().length === 1);
  while (reader.deletes().length === 0) {
    world.clock.advance(2_000);
    await rest();
  }
  assert.deepEqual(reader.deletes(), [all[30]!.id]);
  const expected = [now[40]!.id, ...all.slice(60).map(({ id }) => id)];
  assert.deepEqual(new Set(ids(reader)), new Set(expected));
  assert.equal(ids(reader).length, expected.length);
  assert.equal(reader.gaps()[0]!.filled, 40, "an edit fills nothing");
  await end(world, reader);
});

Deno.test("nothing is lost between the last page and the first frame, whatever the ids", async () => {
  const world = createWorld(posts(50));
  const older = post(NOW + 49_500), newer = post(Date.now());
  // Three statuses are posted while the feed reads pages and the socket is already open. The
  // timeline shows one of them. Only the stream sends the other two, of which one has a lower and
  // one a higher id.
  world.timeline.before = () => {
    if (world.sockets.length === 0 || world.timeline.posts.length > 50) return;
    world.timeline.posts.push(post(Date.now() - 1_000));
    for (const status of [newer, older]) {
      const payload = JSON.stringify(status);
      world.sockets[0]!.frame(JSON.stringify({ event: "update", payload }));
    }
  };
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(() => [newer.id, older.id].every((id) => ids(reader).includes(id)));
  await end(world, reader);
});

Deno.test("the timeline is swept again if the subscription begins later than the server says", async () => {
  const world = createWorld(posts(50));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  const unheard = posts(60, Date.now());
  world.timeline.posts.push(...unheard);
  world.clock.advance(5_000);
  await rest();
  assert.deepEqual(ids(reader), [], "the stream has time to bring them");
  world.clock.advance(5_000);
  await reader.until(() => reader.gaps().length === 1);
  assert.deepEqual(new Set(ids(reader)), new Set(unheard.map(({ id }) => id)));
  assert.equal(reader.gaps()[0]!.cause, "the stream left out statuses");
  await end(world, reader);
});

Deno.test("a status that is streamed a moment after the timeline shows it is not a gap", async () => {
  const world = createWorld(posts(50));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  const [late] = posts(1, Date.now());
  world.timeline.posts.push(late!);
  world.clock.advance(5_000);
  await rest();
  world.sockets[0]!.frame(JSON.stringify({ event: "update", payload: JSON.stringify(late) }));
  world.clock.advance(5_000);
  await rest();
  assert.deepEqual(ids(reader), [late!.id]);
  assert.deepEqual(reader.gaps(), []);
  await end(world, reader);
});

Deno.test("a status that is deleted before it arrives is not yielded", async () => {
  const world = createWorld(posts(5));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  const [gone, stays] = posts(2, Date.now());
  world.sockets[0]!.frame(JSON.stringify({ event: "delete", payload: gone!.id }));
  world.post(gone!, stays!);
  await reader.until(() => ids(reader).length > 0);
  assert.deepEqual(ids(reader), [stays!.id]);
  await end(world, reader);
});

Deno.test("if the reader pauses for a minute, the socket is closed but no status is lost", async () => {
  const world = createWorld(posts(10));
  const pulling = feed(world.options(), world.deps);
  const events: ServerEvent[] = [];
  const opened = () =>
    events.some((event) => event.kind === "notice" && event.message.endsWith("is open"));
  while (!opened()) events.push(...(await pulling.next()).value!);
  const burst = pulling.next();
  await rest();
  world.post(post(world.clock.now()));
  events.push(...(await burst).value!);
  // More frames arrive than the buffer holds, and nobody reads them.
  const [socket] = world.sockets;
  world.post(
    ...posts(9, world.clock.now() + 1_000).map((one) => ({ ...one, content: "x".repeat(1 << 20) })),
  );
  assert.ok(socket!.paused);
  world.clock.advance(60_000);
  assert.ok(socket!.closedByUs);
  world.timeline.posts.push(...posts(100, world.clock.now() + 70_000));
  const reader = readFeed(pulling);
  const wanted = world.timeline.posts.slice(10).map(({ id }) => id);
  const isComplete = () => {
    const given = new Set(ids(reader));
    for (const event of events) {
      if (event.kind === "status") given.add((event.status as { id: string }).id);
    }
    return wanted.every((id) => given.has(id)) &&
      reader.gaps().some(({ cause }) => cause === "nobody pulled for 60 s");
  };
  for (let turn = 0; !isComplete(); turn++) {
    assert.ok(turn < 200);
    world.clock.advance(1_000);
    await rest();
  }
  await end(world, reader);
});

Deno.test("the token appears in no URL, notice or message, and is sent only to the named host", async () => {
  const world = createWorld(posts(10), { opens: false });
  world.instance = {
    version: "4.5.3",
    configuration: { urls: { streaming: "wss://streaming.bread.example" } },
  };
  const reader = readFeed(feed(world.options(), world.deps));
  while (world.sockets.length === 0) await rest();
  const [socket] = world.sockets;
  assert.equal(
    socket!.url,
    "wss://streaming.bread.example/api/v1/streaming?stream=public:local",
  );
  assert.equal(socket!.headers.Authorization, "Bearer s3cret");
  assert.match(
    socket!.headers["User-Agent"]!,
    /^mastodon-stream\/.* \(\+https:\/\/example\.org\)$/,
  );
  socket!.refused(307, { location: "wss://butter.example/api/v1/streaming" });
  socket!.closed(1006, "");
  await reader.until(() => reader.notices().some((text) => text.includes("butter.example")));
  await rest();
  assert.equal(world.sockets.length, 1);
  assert.ok(!JSON.stringify([reader.events, world.asked]).includes("s3cret"));
  assert.ok(world.sent.every((headers) => headers["User-Agent"] === socket!.headers["User-Agent"]));
  await end(world, reader);
});

Deno.test("a server without streams is polled with the token, and tried again", async () => {
  const world = createWorld(posts(10), { opens: false });
  const reader = readFeed(feed(world.options(), world.deps));
  const refuse = () => {
    const socket = world.sockets.at(-1)!;
    socket.refused(404, {});
    socket.closed(1006, "");
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    while (world.sockets.length === attempt) {
      world.clock.advance(1_000);
      await rest();
    }
    refuse();
  }
  await reader.until(() => reader.notices().some((text) => text.includes("is polled meanwhile")));
  const fresh = posts(100, world.clock.now());
  world.timeline.posts.push(...fresh);
  for (let poll = 0; ids(reader).length < 100; poll++) {
    assert.ok(poll < 20);
    world.clock.advance(10_000);
    await rest();
  }
  assert.deepEqual(new Set(ids(reader)), new Set(fresh.map(({ id }) => id)));
  while (world.sockets.length === 5) {
    world.clock.advance(60_000);
    await rest();
  }
  await end(world, reader);
});

Deno.test("if a stream is refused during a run, the feed reports it, polls, and retries the stream", async () => {
  const world = createWorld(posts(10), { opens: false });
  const reader = readFeed(feed(world.options(), world.deps));
  while (world.sockets.length === 0) await rest();
  world.sockets[0]!.opened();
  await reader.until(open);
  world.post(post(Date.now()));
  await reader.until(() => ids(reader).length === 1);
  world.sockets[0]!.closed(1012, "");
  // Each attempt to connect opens two sockets, one for each place of the token.
  for (let attempt = 1; attempt <= 20; attempt++) {
    while (world.sockets.length === attempt) {
      world.clock.advance(10_000);
      await rest();
    }
    world.sockets[attempt]!.refused(401, { "x-error-message": "Invalid access token" });
    world.sockets[attempt]!.closed(1006, "");
  }
  const token = world.sockets.slice(1, 3).map(({ headers }) => Object.keys(headers).at(-1));
  assert.deepEqual(token, ["Authorization", "Sec-WebSocket-Protocol"]);
  await reader.until(() => reader.notices().some((text) => text.includes("Invalid access token")));
  world.timeline.posts.push(post(world.clock.now(), snowflake(world.clock.now())));
  while (ids(reader).length === 1) {
    world.clock.advance(10_000);
    await rest();
  }
  await end(world, reader);
});

Deno.test("if a server reads the token only from the subprotocol, later connections use that at once", async () => {
  const world = createWorld(posts(10), { opens: false });
  const reader = readFeed(feed(world.options(), world.deps));
  while (world.sockets.length === 0) await rest();
  world.sockets[0]!.refused(403, {});
  world.sockets[0]!.closed(1006, "");
  while (world.sockets.length === 1) await rest();
  assert.equal(world.sockets[1]!.headers["Sec-WebSocket-Protocol"], "s3cret");
  assert.equal(world.sockets[1]!.headers["Authorization"], undefined);
  world.sockets[1]!.opened();
  await reader.until(open);
  world.sockets[1]!.closed(1001, "");
  while (world.sockets.length === 2) await rest();
  assert.equal(world.sockets[2]!.headers["Sec-WebSocket-Protocol"], "s3cret");
  assert.ok(world.sockets.every(({ url }) => !url.includes("s3cret")));
  await end(world, reader);
});

Deno.test("an open stream that does not deliver posted statuses is reconnected", async () => {
  const world = createWorld(posts(10));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  world.clock.advance(6_000);
  await rest();
  for (let second = 0; world.sockets.length === 1; second++) {
    if (second % 10 === 0) world.timeline.posts.push(post(world.clock.now()));
    world.sockets[0]!.sign();
    world.clock.advance(1_000);
    await rest();
  }
  assert.ok(ids(reader).length > 0);
  assert.ok(reader.notices().some((text) => text.includes("nothing came through the stream")));
  await end(world, reader);
});

Deno.test("a quiet server causes no gap, and at most one reconnect an hour", async () => {
  const world = createWorld(posts(10));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  for (let second = 0; second < 3_600; second += 10) {
    world.clock.advance(10_000);
    for (const socket of world.sockets) socket.sign();
    await rest();
  }
  assert.ok(world.sockets.length <= 5, `${world.sockets.length} sockets`);
  assert.deepEqual(reader.gaps(), []);
  await end(world, reader);
  const lost = reader.coverage().filter(({ outcome }) => outcome === "lost");
  assert.deepEqual(lost, []);
});

Deno.test("an invalid token is refused before it is sent, and the message does not contain it", async () => {
  const world = createWorld();
  const reader = readFeed(feed(world.options({ token: "s3cret\nX: y" }), world.deps));
  await assert.rejects(reader.done, (error: Error & { exitCode: number }) => {
    assert.equal(error.exitCode, 2);
    assert.ok(!error.message.includes("s3cret"));
    return true;
  });
  assert.deepEqual(world.asked, []);
});

Deno.test("a host that is not a compatible server is a failure that names it", async () => {
  const world = createWorld();
  world.intercept = () => new Response("<html>", { status: 404 });
  const reader = readFeed(feed(world.options(), world.deps));
  await assert.rejects(
    reader.done,
    /bread\.example does not answer as a Mastodon-compatible server/,
  );
});

Deno.test("partly disabled access is reported, and the rest is read", async () => {
  const world = createWorld(posts(10));
  world.instance = {
    version: "4.6.0",
    configuration: { timelines_access: { live_feeds: { local: "public", remote: "disabled" } } },
  };
  const reader = readFeed(feed(world.options({ federated: true }), world.deps));
  await reader.until(open);
  assert.ok(reader.notices().some((text) => text.includes("lacks the remote statuses")));
  assert.match(world.sockets[0]!.url, /stream=public$/);
  await end(world, reader);
});

Deno.test("aborting ends the feed at once, while it waits, requests, connects or streams", async () => {
  for (let after = 0; after < 40; after++) {
    const world = createWorld(posts(100), { opens: after % 2 === 0 });
    if (after % 3 === 0) world.intercept = () => new Response("", { status: 503 });
    const reader = readFeed(feed(world.options({ since: "all" }), world.deps));
    for (let turn = 0; turn < after; turn++) await new Promise((resolve) => setTimeout(resolve));
    await end(world, reader);
    assert.ok(world.sockets.every(({ closedByUs }) => closedByUs));
  }
  const world = createWorld();
  world.abort.abort();
  await readFeed(feed(world.options(), world.deps)).done;
  assert.deepEqual(world.asked, []);
});

Deno.test("leaving the loop early closes the socket and timers", async () => {
  const world = createWorld(posts(10));
  for await (const events of feed(world.options(), world.deps)) {
    if (events.some((event) => event.kind === "notice" && event.message.endsWith("is open"))) break;
  }
  assert.ok(world.sockets[0]!.closedByUs);
  assert.equal(world.clock.pending, 0);
});
