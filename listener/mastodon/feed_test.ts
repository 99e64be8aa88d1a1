import assert from "node:assert/strict";
import type { ServerEvent } from "./event.ts";
import { feed } from "./feed.ts";
import { type Reader, readFeed } from "./testing/reader.ts";
import { post, snowflake } from "./testing/timeline.ts";
import { createWorld, type World } from "./testing/world.ts";

const NOW = Date.now() - 3_600_000;
const posts = (count: number, from = NOW) =>
  Array.from({ length: count }, (_, i) => post(from + i * 1_000));
const ids = (reader: Reader) =>
  reader.statuses().map(({ status }) => (status as { id: string }).id);
const open = (reader: Reader) => reader.notices().some((text) => text.endsWith("is open"));

/** Lets everything that is under way come to rest. */
async function rest(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve));
}

async function end({ abort, clock }: World, reader: Reader): Promise<void> {
  abort.abort();
  await reader.done;
  assert.equal(clock.pending, 0, "timers are left");
}

Deno.test("from now on: nothing that stood there before, all that comes", async () => {
  const world = createWorld(posts(100));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  const fresh = posts(3, Date.now());
  world.post(...fresh);
  await reader.until(() => ids(reader).length === 3);
  assert.deepEqual(ids(reader), fresh.map(({ id }) => id));
  assert.deepEqual(reader.gaps(), []);
  const position = reader.events.find(({ kind }) => kind === "position");
  assert.equal((position as { id: string }).id, snowflake(NOW + 99_000));
  await end(world, reader);
});

Deno.test("resuming: all since the line, then the stream", async () => {
  const world = createWorld(posts(300));
  const options = world.options({ resumeFrom: snowflake(NOW + 100_000) });
  const reader = readFeed(feed(options, world.deps));
  await reader.until(open);
  assert.deepEqual(ids(reader).slice(-199), posts(300).slice(101).map(({ id }) => id));
  const [gap] = reader.gaps();
  assert.deepEqual([gap!.cause, gap!.filled, gap!.lost], ["start", 199, 0]);
  assert.ok(Math.abs(gap!.milliseconds! - 3_500_000) < 60_000);
  await end(world, reader);
});

Deno.test("resuming reads three pages before the line again where statuses come late, else one", async () => {
  for (const [federated, pages] of [[true, 3], [false, 1]] as const) {
    const world = createWorld(posts(300));
    const options = world.options({ resumeFrom: snowflake(NOW + 200_000), federated });
    const reader = readFeed(feed(options, world.deps));
    await reader.until(open);
    assert.deepEqual(ids(reader), posts(300).slice(201 - 40 * pages).map(({ id }) => id));
    assert.equal(reader.gaps()[0]!.filled, 99);
    await end(world, reader);
  }
});

Deno.test("nothing is lost between the last page and the first frame, whatever the ids", async () => {
  const world = createWorld(posts(50));
  const older = post(NOW + 49_500), newer = post(Date.now());
  // They are posted while the feed reads pages, after the socket is open: one that
  // REST has, and two that only the stream has, with ids before and after.
  world.timeline.before = () => {
    if (world.sockets.length === 0 || world.timeline.posts.length > 50) return;
    world.timeline.posts.push(post(Date.now() - 1_000));
    for (const status of [newer, older]) {
      const payload = JSON.stringify(status);
      world.sockets[0]!.frame(JSON.stringify({ event: "update", payload }));
    }
  };
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(() => ids(reader).length === 3);
  assert.deepEqual(new Set(ids(reader).slice(-2)), new Set([newer.id, older.id]));
  await end(world, reader);
});

Deno.test("a subscription that begins after the server says so: the timeline is looked at again", async () => {
  const world = createWorld(posts(50));
  const reader = readFeed(feed(world.options(), world.deps));
  await reader.until(open);
  await rest();
  const unheard = posts(60, Date.now());
  world.timeline.posts.push(...unheard);
  world.clock.advance(5_000);
  await reader.until(() => reader.gaps().length === 1);
  assert.deepEqual(ids(reader), unheard.map(({ id }) => id));
  assert.equal(reader.gaps()[0]!.cause, "the stream began late");
  await end(world, reader);
});

Deno.test("a doubt is told before what follows it, and cleared up by a look or by the next fill", async () => {
  const world = createWorld(posts(50));
  const reader = readFeed(feed(world.options(), world.deps));
  const doubts = () => {
    const kinds = reader.events.filter(({ kind }) => kind === "doubt" || kind === "status");
    return kinds.map((event) => event.kind === "doubt" ? event.after : idOf(event));
  };
  const idOf = (event: ServerEvent) => (event as { status: { id: string } }).status.id;
  await reader.until(open);
  await rest();
  const line = snowflake(NOW + 49_000);
  const [first, second] = posts(2, Date.now());
  world.post(first!);
  await reader.until(() => ids(reader).length === 1);
  assert.deepEqual(doubts(), [line, first!.id]);
  world.clock.advance(5_000);
  await reader.until(() => doubts().at(-1) === null);
  // The next connection is in doubt until it is filled up to the one after it.
  world.sockets[0]!.closed(1001, "");
  await reader.until(() => doubts().length === 4);
  world.post(second!);
  await reader.until(() => ids(reader).length >= 2);
  world.sockets[1]!.closed(1001, "");
  await reader.until(() => doubts().length === 7);
  assert.deepEqual(doubts().slice(3), [first!.id, second!.id, null, second!.id]);
  await end(world, reader);
});

Deno.test("who does not pull for a minute loses the socket, and no status", async () => {
  const world = createWorld(posts(10));
  const pulling = feed(world.options(), world.deps);
  const events: ServerEvent[] = [];
  const opened = () =>
    events.some((event) => event.kind === "notice" && event.message.endsWith("is open"));
  while (!opened()) events.push(...(await pulling.next()).value!);
  const burst = pulling.next();
  await rest();
  world.post(post(Date.now()));
  events.push(...(await burst).value!);
  // More than may wait, and nobody pulls.
  const [socket] = world.sockets;
  world.post(
    ...posts(9, Date.now() + 1_000).map((one) => ({ ...one, content: "x".repeat(1 << 20) })),
  );
  assert.ok(socket!.paused);
  world.clock.advance(60_000);
  assert.ok(socket!.closedByUs);
  world.timeline.posts.push(...posts(100, Date.now() + 130_000));
  const reader = readFeed(pulling);
  const wanted = world.timeline.posts.slice(10).map(({ id }) => id);
  await reader.until(() => {
    const given = new Set(ids(reader));
    for (const event of events) {
      if (event.kind === "status") given.add((event.status as { id: string }).id);
    }
    return wanted.every((id) => given.has(id));
  });
  await reader.until(() => reader.gaps().some(({ cause }) => cause === "nobody pulled for 60 s"));
  await end(world, reader);
});

Deno.test("the token is in no address, notice or message, and goes to the named host only", async () => {
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
  await reader.until(() => reader.notices().some((text) => text.includes("polling")));
  assert.equal(world.sockets.length, 1);
  assert.ok(!JSON.stringify([reader.events, world.asked]).includes("s3cret"));
  assert.ok(world.sent.every((headers) => headers["User-Agent"] === socket!.headers["User-Agent"]));
  await end(world, reader);
});

Deno.test("a server without streams is polled with the token, and tried again later", async () => {
  const world = createWorld(posts(10), { opens: false });
  const reader = readFeed(feed(world.options(), world.deps));
  for (let attempt = 0; attempt < 5; attempt++) {
    while (world.sockets.length === attempt) await rest();
    world.sockets[attempt]!.refused(404, {});
    world.sockets[attempt]!.closed(1006, "");
  }
  await reader.until(() => reader.notices().some((text) => text.includes("polling")));
  const fresh = posts(100, Date.now());
  world.timeline.posts.push(...fresh);
  for (let poll = 0; ids(reader).length < 100; poll++) {
    assert.ok(poll < 20);
    world.clock.advance(60_000);
    await rest();
  }
  assert.deepEqual(ids(reader), fresh.map(({ id }) => id));
  while (world.sockets.length === 5) {
    world.clock.advance(60_000);
    await rest();
  }
  await end(world, reader);
});

Deno.test("a refusal in the middle of a run is asked twice more, then believed", async () => {
  const world = createWorld(posts(10), { opens: false });
  const reader = readFeed(feed(world.options(), world.deps));
  while (world.sockets.length === 0) await rest();
  world.sockets[0]!.opened();
  await reader.until(open);
  world.post(post(Date.now()));
  await reader.until(() => ids(reader).length === 1);
  world.sockets[0]!.closed(1012, "");
  for (let attempt = 1; attempt <= 3; attempt++) {
    while (world.sockets.length === attempt) await rest();
    world.sockets[attempt]!.refused(401, { "x-error-message": "Invalid access token" });
    world.sockets[attempt]!.closed(1006, "");
  }
  await assert.rejects(reader.done, {
    name: "Failure",
    message: /does not accept the token .*"Invalid access token"/,
  });
  assert.equal(world.clock.pending, 0);
});

Deno.test("a token that is none is refused before it is sent, and not repeated", async () => {
  const world = createWorld();
  const reader = readFeed(feed(world.options({ token: "s3cret\nX: y" }), world.deps));
  await assert.rejects(reader.done, (error: Error & { exitCode: number }) => {
    assert.equal(error.exitCode, 2);
    assert.ok(!error.message.includes("s3cret"));
    return true;
  });
  assert.deepEqual(world.asked, []);
});

Deno.test("a host that is no such server is a failure that names it", async () => {
  const world = createWorld();
  world.intercept = () => new Response("<html>", { status: 404 });
  const reader = readFeed(feed(world.options(), world.deps));
  await assert.rejects(
    reader.done,
    /bread\.example does not answer as a Mastodon-compatible server/,
  );
});

Deno.test("an access that is half switched off is told, and the rest is listened to", async () => {
  const world = createWorld(posts(10));
  world.instance = {
    version: "4.6.0",
    configuration: { timelines_access: { live_feeds: { local: "public", remote: "disabled" } } },
  };
  const reader = readFeed(feed(world.options({ federated: true }), world.deps));
  await reader.until(open);
  assert.ok(reader.notices().some((text) => text.includes("without remote statuses")));
  assert.match(world.sockets[0]!.url, /stream=public$/);
  await end(world, reader);
});

Deno.test("aborting ends it promptly: while it waits, asks, connects or listens", async () => {
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

Deno.test("who stops pulling by himself leaves nothing open", async () => {
  const world = createWorld(posts(10));
  for await (const events of feed(world.options(), world.deps)) {
    if (events.some((event) => event.kind === "notice" && event.message.endsWith("is open"))) break;
  }
  assert.ok(world.sockets[0]!.closedByUs);
  assert.equal(world.clock.pending, 0);
});
