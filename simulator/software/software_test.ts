import assert from "node:assert/strict";
import { follow, get, page } from "../testing/fault-test.ts";
import { opened, read, streamOf } from "../testing/plain-reader.ts";
import { findSoftware, SOFTWARE_NAMES } from "./all.ts";

/**
 * Makes the options of a federation of two servers: one with this software, and a Mastodon server.
 */
const beside = (software: string) => ({
  servers: 2,
  outside: 0,
  federates: 1,
  software: [software],
});

for (const name of SOFTWARE_NAMES) {
  Deno.test(`software: ${name} pages back to its oldest status, and streams`, () =>
    opened(beside(name), async (federation) => {
      const server = federation.servers[0]!;
      // Pixelfed does not stream.
      const streams = name !== "pixelfed";
      const url = `${streamOf(federation)}&access_token=${server.token}`;
      if (streams) {
        read(url);
        await server.followed();
      }
      federation.publish(150);
      const here = federation.truth().filter(({ ids }) => server.baseURL in ids);
      assert.ok(here.length > 120);
      const ids: string[] = [];
      for (;;) {
        const back = ids.length === 0 ? "" : `&max_id=${ids.at(-1)}`;
        const shown = Object.values(await page(server, `limit=40${back}`));
        if (shown.length === 0) break;
        ids.push(...shown.map(({ id }) => id));
      }
      assert.deepEqual(new Set(ids), new Set(here.map(({ ids }) => ids[server.baseURL])));
      const one = await get(server, `/api/v1/statuses/${ids[3]}`);
      assert.equal(JSON.parse(one.body).id, ids[3]);
      const nodeinfo = JSON.parse((await get(server, "/nodeinfo/2.0")).body);
      assert.equal(nodeinfo.software.name, findSoftware(name).name);
    }));
}

Deno.test("software: glitch and GoToSocial mark local-only statuses", () =>
  opened({ servers: 2, outside: 0, federates: 1, software: "glitch" }, async (federation) => {
    const posted = federation.publish(200);
    const local = posted.filter(({ localOnly }) => localOnly);
    assert.ok(local.length > 5 && local.length < 50, `${local.length}`);
    for (const { ids } of local) assert.equal(Object.keys(ids).length, 1);
    const shown = await page(federation.servers[0]!);
    assert.ok(shown.every(({ local_only }) => typeof local_only === "boolean"));
  }));

Deno.test("software: Pleroma has no v2 instance, and reads the token from another place", () =>
  opened({ servers: 1, software: "pleroma", access: "authenticated" }, async (federation) => {
    const server = federation.servers[0]!;
    assert.equal((await get(server, "/api/v2/instance")).status, 404);
    assert.equal(
      JSON.parse((await get(server, "/api/v1/instance")).body).version,
      "2.7.2 (compatible; Pleroma 2.5.5)",
    );
    const anonymous = await get(server, undefined, null);
    assert.equal(anonymous.status, 403);
    assert.match(anonymous.body, /authorization required/);
    federation.publish(5);
    for (const { id } of await page(server)) assert.match(id, /^[0-9A-Za-z]{18}$/);
  }));

Deno.test("software: Pixelfed's pages are objects, and its ids are not Mastodon's", () =>
  opened({ servers: 1, outside: 0, software: "pixelfed" }, async (federation) => {
    federation.publish(60);
    const server = federation.servers[0]!;
    const shown = Object.values(await page(server));
    assert.equal(shown.length, 33);
    const mastodonTime = Number(BigInt(shown[0]!.id) >> 16n);
    assert.ok(mastodonTime > Date.UTC(2100, 0));
    const newer = Object.values(await page(server, `limit=5&min_id=${shown[20]!.id}`));
    assert.deepEqual(newer.map(({ id }) => id), shown.slice(0, 5).map(({ id }) => id));
  }));

Deno.test("software: batch requests since Mastodon 4.3, and weekly activity", () =>
  opened({ servers: 2, software: ["mastodon@4.3.0", "mastodon@4.2.9"] }, async (federation) => {
    const [server, older] = federation.servers;
    const posted = federation.publish(30, { home: 0 });
    federation.delete(posted[1]!.uri);
    const ids = posted.slice(0, 20).map(({ ids }) => ids[server!.baseURL]!);
    const query = (ids: string[]) => `/api/v1/statuses?${ids.map((id) => `id[]=${id}`).join("&")}`;
    const answer = JSON.parse((await get(server!, query([...ids, ids[0]!]))).body);
    assert.deepEqual(
      answer.map(({ id }: { id: string }) => id),
      ids.filter((_, i) => i !== 1),
    );
    const tooMany = posted.map(({ ids }) => ids[server!.baseURL]!);
    assert.equal((await get(server!, query(tooMany))).status, 422);
    assert.equal((await get(older!, query(ids))).status, 404);

    const weeks = JSON.parse((await get(server!, "/api/v1/instance/activity")).body);
    assert.equal(weeks.length, 12);
    assert.deepEqual(weeks[0], {
      week: String(Date.UTC(2026, 10, 20, 18) / 1000),
      statuses: "30",
      logins: "6",
      registrations: "0",
    });
    assert.equal(weeks[1].statuses, "0");

    federation.setSoftware(0, "pleroma");
    const [flake] = federation.publish(1, { home: 0 }).map(({ ids }) => ids[server!.baseURL]!);
    const asked = await get(server!, `/api/v1/statuses?ids[]=${flake}&ids[]=x`);
    assert.deepEqual(JSON.parse(asked.body).map(({ id }: { id: string }) => id), [flake]);
  }));

Deno.test("software: handles may have another domain than addresses", () =>
  opened({ ...beside("mastodon"), splitDomains: [1] }, async (federation) => {
    const [home, split] = federation.servers;
    const [status] = federation.publish(1, { home: 1 });
    assert.match(status!.uri, /^https:\/\/social\.herd\.example\//);
    assert.match(status!.acct, /@herd\.example$/);
    assert.equal((await page(home!))[0]!.account.acct, status!.acct);
    assert.equal((await page(split!))[0]!.account.acct.includes("@"), false);
    const v2 = JSON.parse((await get(split!, "/api/v2/instance")).body);
    const v1 = JSON.parse((await get(split!, "/api/v1/instance")).body);
    assert.deepEqual([v2.domain, v1.uri], ["herd.example", "herd.example"]);
  }));

Deno.test("software: handles and links can contain the server's own address", () =>
  opened({ servers: 2, outside: 0, federates: 1, ownAddresses: true }, async (federation) => {
    const [first, second] = federation.servers;
    const [status] = federation.publish(1, { home: 1 });
    assert.ok(status!.uri.startsWith(`${second!.baseURL}/`), status!.uri);
    assert.equal(second!.domain, new URL(second!.baseURL).host);
    const [copy] = await page(first!);
    assert.equal(copy!.account.acct, status!.acct);
    assert.ok(copy!.account.acct.endsWith(`@${second!.domain}`));
    assert.ok(copy!.url!.startsWith(second!.baseURL));
    const v2 = JSON.parse((await get(second!, "/api/v2/instance")).body);
    assert.equal(v2.domain, second!.domain);
  }));

Deno.test("software: an unknown name is refused", () => {
  for (const text of ["geocities", "mastodon@new", "mastodon@4.2@3", "toString"]) {
    assert.throws(() => findSoftware(text), RangeError);
  }
});

Deno.test("software: can be changed while the server runs", () =>
  opened({ servers: 1 }, async (federation) => {
    federation.publish(3);
    federation.setSoftware(0, "gotosocial");
    const reader = await follow(federation);
    const [status] = federation.publish(1, { home: 0 });
    await reader.until(() => reader.frames.length > 0);
    assert.equal(status!.ids[federation.servers[0]!.baseURL], reader.statuses()[0].id);
    assert.match(reader.statuses()[0].id, /^[0-9A-Z]{26}$/);
  }));
