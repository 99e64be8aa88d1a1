import assert from "node:assert/strict";
import { feed } from "./feed.ts";
import { type Reader, readFeed } from "./testing/reader.ts";
import { post } from "./testing/timeline.ts";
import { createWorld, type World } from "./testing/world.ts";

const ids = (reader: Reader) =>
  reader.statuses().map(({ status }) => (status as { id: string }).id);
const told = (reader: Reader, text: RegExp) =>
  reader.notices().filter((message) => text.test(message)).length;

/** Makes posts, one per second, until now. */
const posts = (count: number, now: number) =>
  Array.from({ length: count }, (_, i) => post(now - (count - i) * 1_000));

function show(world: World, local: "public" | "disabled"): void {
  world.instance = {
    version: "4.5.3",
    source_url: "https://github.com/mastodon/mastodon",
    configuration: { timelines_access: { live_feeds: { local, remote: "public" } } },
  };
  world.intercept = (path) =>
    local === "disabled" && path.includes("/timelines/") ? Response.json([]) : undefined;
}

/** Advances the clock second by second. Each second a status is posted to the timeline. */
async function wind(world: World, seconds: number, streamed: boolean): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const status = post(world.clock.now());
    if (streamed) world.post(status);
    else world.timeline.posts.push(status);
    world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

for (const token of [null, "s3cret"]) {
  const how = token === null ? "polled" : "streamed";
  Deno.test(`a timeline that is disabled for a while is retried: ${how}`, async () => {
    const world = createWorld(posts(50, Date.now()));
    show(world, "public");
    const reader = readFeed(feed(world.options({ token }), world.deps));
    await reader.until(() => told(reader, token === null ? /is polled$/ : /is open$/) > 0);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
    await wind(world, 60, token !== null);
    show(world, "disabled");
    const off = world.clock.now();
    await wind(world, 30, false);
    show(world, "public");
    const on = world.clock.now();
    await wind(world, 150, token !== null);
    world.abort.abort();
    await reader.done;
    assert.equal(told(reader, /has switched its local timeline off/), 1);
    assert.equal(told(reader, /shows its local timeline again/), 1);
    const given = ids(reader), posted = world.timeline.posts.slice(50).map(({ id }) => id);
    const missing = posted.filter((id) => !given.includes(id));
    assert.ok(missing.every((id) => id > posted.at(-62)!), "all but the newest");
    assert.equal(new Set(given).size, given.length, "each once");
    const filled = reader.coverage().filter(({ outcome }) => outcome === "filled");
    assert.ok(filled.length > 0);
    for (const { cause, from, until } of filled) {
      assert.equal(cause, "the timeline was switched off");
      assert.ok(from > off - 65_000 && until < on + 60_000);
    }
    const [first] = filled, last = filled.at(-1)!;
    assert.ok(first!.from < off + 2_000 && last.until > on - 2_000);
    assert.ok(reader.coverage().every(({ outcome }) => outcome !== "lost"));
    assert.equal(world.clock.pending, 0);
  });
}

Deno.test("a timeline that stays off is requested less and less often, and reported once", async () => {
  const world = createWorld(posts(50, Date.now()));
  show(world, "public");
  const reader = readFeed(feed(world.options({ token: null }), world.deps));
  await reader.until(() => told(reader, /is polled$/) > 0);
  await wind(world, 30, false);
  show(world, "disabled");
  const asked = async (minutes: number) => {
    const before = world.asked.length;
    for (let second = 0; second < minutes * 60; second += 5) {
      world.clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return world.asked.slice(before).filter((path) => path.includes("/timelines/")).length;
  };
  const first = await asked(30);
  const later = await asked(120);
  assert.ok(first <= 20, `${first} in half an hour`);
  assert.ok(later >= 6 && later <= 10, `${later} in two hours`);
  assert.equal(told(reader, /switched/), 1);
  world.abort.abort();
  await reader.done;
});

Deno.test("a timeline that is off at the start is a failure", async () => {
  const world = createWorld();
  show(world, "disabled");
  const reader = readFeed(feed(world.options(), world.deps));
  await assert.rejects(reader.done, /has switched its local timeline off/);
});
