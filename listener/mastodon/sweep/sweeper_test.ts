import assert from "node:assert/strict";
import { feed } from "../feed.ts";
import { type Reader, readFeed } from "../testing/reader.ts";
import { post, snowflake } from "../testing/timeline.ts";
import { createWorld, type World } from "../testing/world.ts";

const ids = (reader: Reader) =>
  reader.statuses().map(({ status }) => (status as { id: string }).id);
const polled = (reader: Reader) => reader.notices().some((text) => text.includes("is polled"));
/** Makes posts, one per second, until now. */
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

/** Advances the clock second by second and records when the timeline was requested. */
async function wind(world: World, seconds: number, each: (second: number) => void = () => {}) {
  const times: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const polls = () => world.asked.filter((path) => path.includes("/timelines/")).length;
    const length = polls();
    each(second);
    world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve));
    if (polls() > length) times.push(second);
  }
  await rest();
  return times;
}

async function stop(world: World, reader: Reader): Promise<void> {
  world.abort.abort();
  await reader.done;
  assert.equal(world.clock.pending, 0);
}

Deno.test("a quiet server is polled once a minute, a busy one more often, within limits", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const quiet = await wind(world, 600);
  const last = quiet.filter((second) => second > 300);
  assert.ok(last.length <= 7, `once a minute, and a slow sweep: ${quiet}`);
  let posted = 0;
  const busy = await wind(world, 120, () => {
    const more = Array.from({ length: 4 }, (_, i) => post(world.clock.now() + i));
    posted += more.length;
    world.timeline.posts.push(...more);
  });
  const end = busy.filter((second) => second >= 60);
  assert.ok(end.length >= 8 && end.length <= 14, String(busy));
  await wind(world, 10);
  assert.equal(new Set(ids(reader)).size, posted);
  assert.equal(ids(reader).length, posted, "each once");
  await stop(world, reader);
});

Deno.test("statuses that arrive slightly out of order are found", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const late: string[] = [];
  await wind(world, 90, (second) => {
    world.timeline.posts.push(post(world.clock.now()));
    // The status becomes visible three seconds after its time, like a slow database transaction.
    const id = snowflake(world.clock.now() - 3_000, 7);
    if (second > 10 && second % 7 === 0) {
      late.push(id);
      world.timeline.posts.push(post(world.clock.now() - 3_000, id));
    }
  });
  await wind(world, 60);
  const given = new Set(ids(reader));
  assert.deepEqual(late.filter((id) => !given.has(id)), []);
  await stop(world, reader);
});

Deno.test("remote statuses that come minutes late are found by a slow sweep", async () => {
  const world = createWorld(posts(200, Date.now()));
  const reader = await start(world, true);
  await wind(world, 60, () => world.timeline.posts.push(post(world.clock.now())));
  const late = post(world.clock.now() - 50_000, snowflake(world.clock.now() - 50_000, 9));
  world.timeline.posts.push(late);
  await wind(world, 400);
  assert.ok(ids(reader).includes(late.id));
  await stop(world, reader);
});

Deno.test("a timeline that was empty at first yields everything that is posted", async () => {
  const world = createWorld();
  const reader = await start(world);
  await reader.until(() => reader.notices().some((text) => text.includes("is empty")));
  const all = posts(250, Date.now());
  world.timeline.posts.push(...all);
  await wind(world, 15);
  assert.deepEqual(new Set(ids(reader)), new Set(all.map(({ id }) => id)));
  await stop(world, reader);
});

Deno.test("a long time without an answer is a gap, which is filled and reported", async () => {
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
  await stop(world, reader);
});

Deno.test("deletes and edits that were not announced are found within minutes", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  await wind(world, 120, () => world.timeline.posts.push(post(world.clock.now())));
  const [gone, changed] = world.timeline.posts.slice(-60);
  const edited_at = new Date(world.clock.now()).toISOString();
  world.timeline.posts = world.timeline.posts.filter((one) => one !== gone)
    .map((one) => one === changed ? { ...one, edited_at } : one);
  await wind(world, 700);
  assert.deepEqual(reader.deletes(), [gone!.id]);
  assert.equal(ids(reader).filter((id) => id === changed!.id).length, 2);
  assert.equal(new Set(ids(reader)).size, 120);
  await stop(world, reader);
});

Deno.test("after a day's absence, deletes and edits of the day before it are found", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  await wind(world, 120, () => world.timeline.posts.push(post(world.clock.now())));
  world.intercept = () => new Response("", { status: 503 });
  for (let minute = 0; minute < 25 * 60; minute++) {
    world.clock.advance(60_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const [gone, changed] = world.timeline.posts.slice(-60);
  const edited_at = new Date(world.clock.now()).toISOString();
  world.timeline.posts = world.timeline.posts.filter((one) => one !== gone)
    .map((one) => one === changed ? { ...one, edited_at } : one);
  world.intercept = () => undefined;
  await wind(world, 1_000, (second) => {
    if (second % 20 === 0) world.timeline.posts.push(post(world.clock.now()));
  });
  assert.deepEqual(reader.deletes(), [gone!.id]);
  assert.equal(ids(reader).filter((id) => id === changed!.id).length, 2);
  await stop(world, reader);
});

Deno.test("setting the clock back or forward an hour does not stop the sweeps", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const set = world.clock.now;
  let offset = 0;
  (world.deps.clock as { now: () => number }).now = () => set() + offset;
  const say = () => world.timeline.posts.push(post(set(), snowflake(set())));
  for (const hours of [0, -1, 1]) {
    offset = hours * 3_600_000;
    const before = ids(reader).length;
    await wind(world, 90, say);
    await wind(world, 61);
    assert.equal(new Set(ids(reader)).size, before + 90, `${hours} h`);
  }
  await stop(world, reader);
});

Deno.test("coverage: every minute is reported, and an outage is filled", async () => {
  const world = createWorld(posts(50, Date.now()));
  const begin = world.clock.now();
  const reader = await start(world);
  await wind(world, 120, () => world.timeline.posts.push(post(world.clock.now())));
  world.intercept = () => new Response("", { status: 502 });
  await wind(world, 300, () => world.timeline.posts.push(post(world.clock.now())));
  world.intercept = () => undefined;
  await wind(world, 200);
  await stop(world, reader);
  const spans = reader.coverage().filter(({ outcome }) => outcome !== "counted");
  for (const [i, { from, until }] of spans.entries()) {
    assert.ok(Math.abs(from - (spans[i - 1]?.until ?? begin)) < 2_000, "one after the other");
    assert.ok(until > from);
  }
  const filled = spans.filter(({ outcome }) => outcome === "filled");
  assert.equal(filled.length, 1);
  assert.match(filled[0]!.cause!, /^no answer for/);
  assert.ok(filled[0]!.until - filled[0]!.from > 290_000);
  assert.ok(spans.at(-1)!.until > begin + 540_000);
});

Deno.test("a span that the server no longer serves after an outage is reported as lost, to the second", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const say = () => world.timeline.posts.push(post(world.clock.now()));
  await wind(world, 60, say);
  await wind(world, 10);
  const heard = world.timeline.posts.at(-1)!;
  world.intercept = () => new Response("", { status: 503 });
  await wind(world, 200, say);
  const served = world.timeline.posts.slice(-80);
  world.timeline.posts = [...served];
  world.intercept = () => undefined;
  await wind(world, 130);
  const lost = reader.coverage().filter(({ outcome }) => outcome === "lost");
  assert.equal(lost.length, 1);
  assert.equal(lost[0]!.until, Date.parse(served[0]!.created_at));
  assert.ok(lost[0]!.from >= Date.parse(heard.created_at));
  assert.ok(lost[0]!.from < Date.parse(heard.created_at) + 12_000);
  const [gap] = reader.gaps();
  assert.deepEqual([gap!.filled, gap!.lost], [80, lost[0]!.until - lost[0]!.from]);
  await stop(world, reader);
});

Deno.test("a delete shortly after a status was polled is found by the next poll", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  await wind(world, 200);
  // The status is always one second old, so that the next poll reads its time again.
  let gone = post(world.clock.now());
  const drop = () => world.timeline.posts = world.timeline.posts.filter((one) => one !== gone);
  while (!ids(reader).includes(gone.id)) {
    drop();
    gone = post(world.clock.now());
    world.timeline.posts.push(gone);
    await wind(world, 1);
  }
  drop();
  world.timeline.posts.push(post(world.clock.now()));
  await wind(world, 80);
  assert.deepEqual(reader.deletes(), [gone.id]);
  await stop(world, reader);
});

Deno.test("after a clock was ahead, deletes of its statuses are found when their time has come", async () => {
  const world = createWorld(posts(50, Date.now()));
  const reader = await start(world);
  const begin = world.clock.now();
  const ahead = Array.from({ length: 1_000 }, (_, i) => post(begin + 50_000 + i * 240));
  world.timeline.posts.push(...ahead);
  await wind(world, 15);
  assert.equal(new Set(ids(reader)).size, ahead.length);
  const now = Array.from({ length: 10 }, (_, i) => post(world.clock.now() - i));
  world.timeline.posts.push(...now);
  await wind(world, 60);
  const gone = [ahead[200], now[5]];
  world.timeline.posts = world.timeline.posts.filter((one) => !gone.includes(one));
  await wind(world, 70);
  assert.deepEqual(reader.deletes(), [gone[0]!.id]);
  await wind(world, 120);
  assert.deepEqual(reader.deletes(), gone.map((one) => one!.id));
  await stop(world, reader);
});
