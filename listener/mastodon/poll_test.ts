import assert from "node:assert/strict";
import { feed } from "./feed.ts";
import { type Reader, readFeed } from "./testing/reader.ts";
import { post, snowflake } from "./testing/timeline.ts";
import { createWorld, type World } from "./testing/world.ts";

const ids = (reader: Reader) =>
  reader.statuses().map(({ status }) => (status as { id: string }).id);
const polled = (reader: Reader) => reader.notices().some((text) => text.includes("is polled"));
/** Posts that are a second apart, up to now. */
const posts = (count: number, now: number) =>
  Array.from({ length: count }, (_, i) => post(now - (count - i) * 1_000));

async function rest(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setTimeout(resolve));
}

async function start(world: World, federated = false): Promise<Reader> {
  const reader = readFeed(feed(world.options({ token: null, federated }), world.deps));
  await reader.until(polled);
  return reader;
}

/** Winds second by second and notes when the timeline was asked for. */
async function wind(world: World, seconds: number, each: (second: number) => void = () => {}) {
  const times: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const { length } = world.asked;
    each(second);
    world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
    if (world.asked.length > length) times.push(second);
  }
  await rest();
  return times;
}

async function end(world: World, reader: Reader): Promise<void> {
  world.abort.abort();
  await reader.done;
  assert.equal(world.clock.pending, 0);
}

Deno.test("a quiet server is asked once a minute, a busy one oftener, never too often", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const quiet = await wind(world, 600);
  const last = quiet.slice(-3);
  assert.ok(last[2]! - last[1]! >= 59 && last[2]! - last[1]! <= 62, String(quiet));
  let posted = 0;
  const busy = await wind(world, 120, () => {
    const more = Array.from({ length: 4 }, (_, i) => post(world.clock.now() + i));
    posted += more.length;
    world.timeline.posts.push(...more);
  });
  const gaps = busy.slice(-5).map((time, i, all) => i === 0 ? 5 : time - all[i - 1]!);
  assert.ok(gaps.every((gap) => gap >= 4 && gap <= 7), String(busy));
  await wind(world, 10);
  assert.equal(new Set(ids(reader)).size, posted);
  assert.equal(ids(reader).length, posted, "each once");
  await end(world, reader);
});

Deno.test("statuses that come out of order by moments are seen", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const late: string[] = [];
  await wind(world, 90, (second) => {
    world.timeline.posts.push(post(world.clock.now()));
    // A transaction that took three seconds.
    const id = snowflake(world.clock.now() - 3_000, 7);
    if (second > 10 && second % 7 === 0) {
      late.push(id);
      world.timeline.posts.push(post(world.clock.now() - 3_000, id));
    }
  });
  await wind(world, 60);
  const given = new Set(ids(reader));
  assert.deepEqual(late.filter((id) => !given.has(id)), []);
  await end(world, reader);
});

Deno.test("remote statuses that come minutes late are found when it looks further back", async () => {
  const world = createWorld(posts(200, Date.now()));
  const reader = await start(world, true);
  await wind(world, 60, () => world.timeline.posts.push(post(world.clock.now())));
  const late = post(world.clock.now() - 50_000, snowflake(world.clock.now() - 50_000, 9));
  world.timeline.posts.push(late);
  await wind(world, 400);
  assert.ok(ids(reader).includes(late.id));
  await end(world, reader);
});

Deno.test("a timeline that was empty at first gives all that is posted, however much", async () => {
  const world = createWorld();
  const reader = await start(world);
  assert.ok(reader.notices().some((text) => text.includes("is empty")));
  const all = posts(250, Date.now());
  world.timeline.posts.push(...all);
  await wind(world, 15);
  assert.deepEqual(ids(reader), all.map(({ id }) => id));
  await end(world, reader);
});

Deno.test("a long time without an answer is a gap, filled and told", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  await wind(world, 30, () => world.timeline.posts.push(post(world.clock.now())));
  world.intercept = () => new Response("", { status: 503 });
  await wind(world, 400, () => world.timeline.posts.push(post(world.clock.now())));
  world.intercept = () => undefined;
  await wind(world, 130);
  const [gap] = reader.gaps();
  assert.match(gap!.cause, /^no answer for/);
  assert.equal(gap!.lost, 0);
  assert.ok(gap!.filled > 350);
  assert.equal(new Set(ids(reader)).size, 430);
  await end(world, reader);
});
