import assert from "node:assert/strict";
import { detector } from "megalodon";
import type { SimulatedServer } from "../../mod.ts";
import { atLeast } from "../../software/software.ts";
import { opened } from "../../testing/plain-reader.ts";

const TIMELINE = "/api/v1/timelines/public";

async function get(server: SimulatedServer, path: string, token?: string) {
  const response = await fetch(`${server.baseURL}${path}`, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
  const body = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body,
    json: () => JSON.parse(body),
  };
}

Deno.test("api: the instance says what it is, where it streams and who may read", () =>
  opened({ servers: 1, access: "authenticated" }, async ({ servers }) => {
    const [server] = servers;
    const v2 = (await get(server!, "/api/v2/instance")).json();
    assert.equal(v2.domain, "tusk.example");
    assert.equal(v2.configuration.urls.streaming, server!.streamingURL);
    assert.deepEqual(v2.configuration.timelines_access.live_feeds, {
      local: "authenticated",
      remote: "authenticated",
    });
    const v1 = (await get(server!, "/api/v1/instance")).json();
    assert.equal(v1.urls.streaming_api, server!.streamingURL);
    assert.equal(v1.version, v2.version);
    assert.equal(v1.contact_account.username, v2.contact.account.username);
  }));

Deno.test("api: behaves like the configured Mastodon version", () =>
  opened({ servers: 1, version: "4.4.8", access: "authenticated" }, async ({ servers }) => {
    const [server] = servers;
    const v2 = (await get(server!, "/api/v2/instance")).json();
    assert.equal("timelines_access" in v2.configuration, false);
    assert.equal((await get(server!, TIMELINE)).status, 422);
    assert.equal(atLeast("4.5.0-nightly.2025-10-30", 4, 5), true);
    assert.equal(atLeast("4.10.0", 4, 5), true);
    assert.equal(atLeast("3.5.19", 4, 0), false);
  }));

Deno.test("api: enforces who may read which timeline", async () => {
  const asked = async (access: "public" | "authenticated" | "disabled") => {
    const seen: unknown[] = [];
    await opened({ servers: 1, outside: 0, access }, async (federation) => {
      const [server] = federation.servers;
      federation.publish(2);
      for (const token of [undefined, server!.token, "wrong"]) {
        const { status, json } = await get(server!, TIMELINE, token);
        seen.push(status === 200 ? json().length : status);
      }
    });
    return seen;
  };
  assert.deepEqual(await asked("public"), [2, 2, 401]);
  assert.deepEqual(await asked("authenticated"), [401, 2, 401]);
  assert.deepEqual(await asked("disabled"), [0, 0, 401]);
});

Deno.test("api: megalodon detects it as Mastodon", () =>
  opened({ servers: 1 }, async ({ servers }) => {
    assert.equal(await detector(servers[0]!.baseURL), "mastodon");
  }));

Deno.test("api: verify_credentials accepts only its token", () =>
  opened({ servers: 1 }, async ({ servers }) => {
    const [server] = servers;
    const path = "/api/v1/accounts/verify_credentials";
    const known = await get(server!, path, server!.token);
    assert.equal(known.status, 200);
    assert.equal(known.json().source.privacy, "public");
    assert.equal((await get(server!, path)).status, 401);
    const wrong = await get(server!, path, "wrong");
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers.get("www-authenticate")!, /invalid_token/);
    assert.equal(wrong.json().error, "The access token is invalid");
  }));

Deno.test("api: each reader has an allowance, which is reported and renewed", async () => {
  let now = Date.parse("2026-11-20T18:03:20.500Z");
  await opened({ servers: 1, rateLimit: 3, clock: () => now }, async ({ servers }) => {
    const [server] = servers;
    const left: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const { status, headers } = await get(server!, TIMELINE);
      left.push([status, headers.get("x-ratelimit-remaining")]);
      assert.equal(headers.get("x-ratelimit-limit"), "3");
      assert.equal(headers.get("x-ratelimit-reset"), "2026-11-20T18:05:00.000Z");
    }
    assert.deepEqual(left, [[200, "2"], [200, "1"], [200, "0"], [429, "0"]]);
    assert.equal((await get(server!, TIMELINE)).json().error, "Too many requests");
    assert.equal((await get(server!, TIMELINE, server!.token)).status, 200);
    now = Date.parse("2026-11-20T18:05:00Z");
    assert.equal((await get(server!, TIMELINE)).status, 200);
    now = Date.parse("2026-11-20T18:04:59Z");
    assert.equal((await get(server!, TIMELINE)).status, 429, "the clock was set back");
  });
});

Deno.test("api: a status is found by its own server's id only", () =>
  opened({ servers: 2, federates: 0, outside: 0 }, async (federation) => {
    const [first, second] = federation.servers;
    const [status] = federation.publish(1, { home: 1 });
    const id = status!.ids[second!.baseURL]!;
    assert.equal(status!.home, second!.baseURL);
    assert.equal((await get(second!, `/api/v1/statuses/${id}`)).json().uri, status!.uri);
    assert.equal((await get(first!, `/api/v1/statuses/${id}`)).status, 404);
    federation.delete(status!.uri);
    const gone = await get(second!, `/api/v1/statuses/${id}`);
    assert.deepEqual([gone.status, gone.json()], [404, { error: "Record not found" }]);
  }));

Deno.test("api: serves health and nodeinfo, and 404 for unknown paths", () =>
  opened({ servers: 1 }, async ({ servers }) => {
    const [server] = servers;
    assert.equal((await get(server!, "/api/v1/streaming/health")).body, "OK");
    const { links } = (await get(server!, "/.well-known/nodeinfo")).json();
    assert.equal(links[0].href, `${server!.baseURL}/nodeinfo/2.0`);
    assert.equal((await get(server!, "/nodeinfo/2.0")).json().software.name, "mastodon");
    assert.equal((await get(server!, "/api/v1/timelines/home")).status, 404);
  }));

Deno.test("api: records its requests, without the token", () =>
  opened({ servers: 1 }, async ({ servers }) => {
    const [server] = servers;
    await get(server!, `${TIMELINE}?limit=2&access_token=${server!.token}`);
    const [seen] = server!.requests;
    assert.equal(seen!.path, `${TIMELINE}?limit=2&access_token=…`);
    assert.deepEqual([seen!.token, seen!.userAgent?.startsWith("Deno/")], [true, true]);
  }));
