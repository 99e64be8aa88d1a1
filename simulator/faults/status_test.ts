import assert from "node:assert/strict";
import { faultTest, follow, get, page, two } from "../testing/fault-test.ts";

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

/** Returns the newest status of the server's timeline. */
const newest = async (server: Parameters<typeof page>[0]) => (await page(server, "limit=1"))[0]!;

for (const id of ["99999999999999999999", "a:b"]) {
  faultTest("odd-id", `the id ${id}, in the stream and in the timeline`, async (
    federation,
    server,
  ) => {
    const reader = await follow(federation);
    await federation.fault(0, { kind: "odd-id", id, count: 2 });
    const [status] = federation.publish(3);
    await reader.until(() => reader.frames.length === 3);
    const ids = reader.statuses().map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
    assert.ok(ids[0].startsWith(id.slice(0, 3)), ids[0]);
    assert.equal((await page(server))[2]!.id, ids[0]);
    assert.equal(status!.ids[server.baseURL], ids[0]);
    const one = await get(server, `/api/v1/statuses/${encodeURIComponent(ids[0])}`);
    assert.equal(JSON.parse(one.body).uri, status!.uri);
    federation.delete(status!.uri);
    await reader.until(() => reader.frames.length === 4);
    assert.equal(reader.parsed()[3]!.payload, ids[0]);
  });
}

faultTest("odd-id", "of a megabyte", async (federation, server) => {
  await federation.fault(0, { kind: "odd-id", length: 1_000_000, count: 1 });
  federation.publish();
  assert.equal((await newest(server)).id.length, 1_000_000);
});

faultTest("local-only", "the status says so, and stays", async (federation, server) => {
  await federation.fault(0, { kind: "local-only", count: 1 });
  const [stays, goes] = federation.publish(2, { home: 0 });
  assert.deepEqual([stays!.localOnly, goes!.localOnly], [true, false]);
  assert.equal((await page(server))[1]!.local_only, true);
  assert.equal((await page(server)).length, 2);
  assert.deepEqual((await page(federation.servers[1]!)).map(({ uri }) => uri), [goes!.uri]);
}, two);

faultTest("no-zone", "times have no zone, while it lasts", async (federation, server) => {
  const [status] = federation.publish();
  federation.edit(status!.uri);
  await federation.fault(0, { kind: "no-zone" });
  const { created_at, edited_at } = await newest(server);
  assert.deepEqual([created_at, edited_at], ["2026-11-20T18:00:00.000", "2026-11-20T18:00:00.001"]);
  await federation.heal();
  assert.equal((await newest(server)).created_at, "2026-11-20T18:00:00.000Z");
});

faultTest("date", "an absurd date, wherever the status goes", async (federation) => {
  await federation.fault(0, { kind: "date", at: "9999-12-31T00:00:00.000Z", count: 1 });
  const [status] = federation.publish(1, { home: 0 });
  for (const server of federation.servers) {
    assert.equal((await newest(server)).created_at, "9999-12-31T00:00:00.000Z");
  }
  assert.deepEqual(status!.altered, ["date"]);
}, two);

faultTest("unreadable", "nobody can read the date, and the author opts out", async (
  federation,
  server,
) => {
  await federation.fault(0, { kind: "unreadable", count: 1 });
  const [status] = federation.publish();
  const { created_at, account } = await newest(server);
  assert.deepEqual([created_at, account.noindex], ["no date", true]);
  assert.deepEqual(status!.altered, ["unreadable"]);
});

faultTest("deep-json", "nested objects, or arrays", async (federation, server) => {
  await federation.fault(0, { kind: "deep-json", depth: 3, count: 1 });
  federation.publish();
  assert.deepEqual((await newest(server)).deep, { 0: { 0: { 0: 1 } } });
  await federation.fault(0, { kind: "deep-json", arrays: true, count: 1 });
  federation.publish();
  const { body } = await get(server, "/api/v1/timelines/public?limit=1");
  assert.ok(body.includes("[".repeat(10_000)));
});

for (const shape of ["unmatched", "nested", "unclosed"] as const) {
  faultTest("html", `a megabyte of tags, ${shape}`, async (federation, server) => {
    const reader = await follow(federation);
    await federation.fault(0, { kind: "html", shape, count: 1 });
    const [status] = federation.publish();
    await reader.until(() => reader.frames.length === 1);
    const { content } = await newest(server);
    assert.ok(content!.length > 900_000 && content!.length <= 1_000_000, `${content!.length}`);
    assert.equal(reader.statuses()[0].content, content);
    assert.deepEqual(status!.altered, ["html"]);
  });
}

faultTest("hashtags", "a great many", async (federation, server) => {
  await federation.fault(0, { kind: "hashtags", many: 5_000, count: 1 });
  federation.publish();
  assert.equal((await newest(server)).tags.length, 5_000);
  await federation.fault(0, { kind: "hashtags", many: 2, bare: true, count: 1 });
  federation.publish();
  assert.deepEqual((await newest(server)).tags, ["a", "a"]);
});

faultTest("long-field", "one field is long", async (federation, server) => {
  for (const field of ["uri", "username", "app"] as const) {
    await federation.fault(0, { kind: "long-field", field, length: 5_000, count: 1 });
    federation.publish();
  }
  const [app, username, uri] = await page(server);
  assert.deepEqual(
    [app!.application!.name.length, username!.account.acct.length, uri!.uri.length],
    [5_000, 5_000, 5_000],
  );
});

faultTest("characters", "control and bidirectional characters", async (federation, server) => {
  await federation.fault(0, { kind: "characters", count: 1 });
  federation.publish();
  const { content, application, account } = await newest(server);
  for (const text of [content!, application!.name, account.display_name]) {
    assert.ok(text.includes("\u001b[31m") && text.includes("\u202E"));
  }
});

faultTest("foreign-noindex", "copies claim an opt-out", async (federation, server) => {
  await federation.fault(0, { kind: "foreign-noindex" });
  const [other] = federation.publish(1, { home: 1 });
  assert.equal((await newest(server)).account.noindex, true);
  const own = (await newest(federation.servers[1]!)).account.noindex;
  assert.deepEqual([own, other!.noindex], [other!.noindex, other!.noindex]);
}, two);
