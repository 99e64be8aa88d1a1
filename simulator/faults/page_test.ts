import assert from "node:assert/strict";
import { faultTest, get, page } from "../testing/fault-test.ts";

const idsOf = (statuses: readonly { id: string }[]) => statuses.map(({ id }) => id);
const descending = (ids: readonly string[]) =>
  ids.toSorted((a, b) => BigInt(a) < BigInt(b) ? 1 : -1);

faultTest("short-pages", "pages hold fewer than asked for", async (federation, server) => {
  federation.publish(60);
  const all = idsOf(await page(server));
  await federation.fault(0, { kind: "short-pages", most: 20 });
  const short = idsOf(await page(server));
  assert.deepEqual(short, all.slice(0, 20));
  assert.equal((await page(server, "limit=10")).length, 10);
  const next = await page(server, `limit=40&max_id=${short.at(-1)}`);
  assert.deepEqual(idsOf(next), all.slice(20, 40));
});

faultTest("unordered-pages", "the same statuses, shuffled", async (federation, server) => {
  federation.publish(20);
  const all = idsOf(await page(server));
  await federation.fault(0, { kind: "unordered-pages" });
  const shuffled = idsOf(await page(server));
  assert.notDeepEqual(shuffled, all);
  assert.deepEqual(descending(shuffled), all);
});

faultTest("object-pages", "a page is an object with numbers for keys", async (
  federation,
  server,
) => {
  federation.publish(3);
  const all = await page(server);
  await federation.fault(0, { kind: "object-pages", count: 2 });
  assert.deepEqual(JSON.parse((await get(server)).body), { 0: all[0], 2: all[1], 4: all[2] });
  const none = await get(server, `/api/v1/timelines/public?min_id=${all[0]!.id}`);
  assert.equal(none.body, "[]");
  assert.deepEqual(await page(server), all);
});

faultTest("empty-pages", "a page is empty, and Link leads past it", async (federation, server) => {
  federation.publish(60);
  const all = idsOf(await page(server));
  await federation.fault(0, { kind: "empty-pages", count: 1 });
  const { body, headers } = await get(server);
  assert.equal(body, "[]");
  const next = headers.get("link")!.match(/max_id=(\d+)[^>]*>; rel="next"/)![1];
  assert.equal(next, all.at(-1));
  assert.deepEqual(idsOf(await page(server)), all);
  await federation.fault(0, { kind: "empty-pages", link: false, count: 1 });
  assert.equal((await get(server)).headers.get("link"), null);
});

for (const as of ["ignored", "since"] as const) {
  faultTest("min-id", `it is ${as}`, async (federation, server) => {
    federation.publish(60);
    const all = idsOf(await page(server));
    const query = `limit=10&min_id=${all[30]}`;
    assert.deepEqual(idsOf(await page(server, query)), all.slice(20, 30));
    await federation.fault(0, { kind: "min-id", as });
    assert.deepEqual(idsOf(await page(server, query)), all.slice(0, 10));
    const near = idsOf(await page(server, `limit=10&min_id=${all[2]}`));
    assert.deepEqual(near, all.slice(0, as === "since" ? 2 : 10));
  });
}

faultTest("endless-pages", "there is always an older one", async (federation, server) => {
  await federation.fault(0, { kind: "endless-pages" });
  let ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids = [...ids, ...idsOf(await page(server, ids.length ? `max_id=${ids.at(-1)}` : ""))];
  }
  assert.equal(new Set(ids).size, 5);
  assert.deepEqual(ids, descending(ids));
  assert.deepEqual(federation.truth(), []);
});

faultTest("endless-pages", "or now a newer page, now an older one", async (federation, server) => {
  await federation.fault(0, { kind: "endless-pages", order: "alternating", size: 40 });
  const first = [];
  for (let i = 0; i < 3; i++) first.push(BigInt((await page(server))[0]!.id));
  assert.ok(first[1]! > first[0]! && first[2]! < first[1]!);
});

faultTest("huge-pages", "a page is full of what is not a status", async (federation, server) => {
  await federation.fault(0, { kind: "huge-pages", items: 1_000, item: "0", count: 1 });
  assert.deepEqual(await page(server), Array.from({ length: 1_000 }, () => 0) as never);
  assert.deepEqual(await page(server), []);
});
