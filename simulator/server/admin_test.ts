import assert from "node:assert/strict";
import type { Truth } from "../mod.ts";
import { opened, read, streamOf } from "../testing/plain-reader.ts";

async function call(url: string, method = "GET", body?: unknown) {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

Deno.test("admin: publishes, edits, deletes, and returns the truth", () =>
  opened({ servers: 2 }, async (federation) => {
    const { baseURL } = federation.servers[1]!;
    const admin = `${baseURL}/admin`;
    const { servers } = JSON.parse(`{"servers":${(await call(`${admin}/servers`)).text}}`);
    assert.deepEqual(
      servers.map(({ baseURL, token }: Record<string, string>) => ({ baseURL, token })),
      federation.servers.map(({ baseURL, token }) => ({ baseURL, token })),
    );
    const { uris } = JSON.parse((await call(`${admin}/publish`, "POST", { count: 5 })).text);
    await call(`${admin}/edit`, "POST", { uri: uris[1] });
    await call(`${admin}/delete`, "POST", { uri: uris[2] });
    const own = JSON.parse((await call(`${admin}/publish`, "POST", { own: true })).text);

    const rows = (await call(`${admin}/truth`)).text.trim().split("\n").map((line) =>
      JSON.parse(line) as Truth
    );
    assert.deepEqual(rows, federation.truth());
    assert.deepEqual(rows.map(({ uri }) => uri), [uris[0], uris[1], uris[3], uris[4], ...own.uris]);
    assert.ok(rows[1]!.editedAt !== null);
    assert.equal(rows.at(-1)!.home, baseURL);
    const deleted = JSON.parse((await call(`${admin}/deleted`)).text);
    assert.equal(deleted.uri, uris[2]);
    assert.equal(JSON.parse((await call(`${admin}/stats`)).text).published, 6);
  }));

Deno.test("admin: adds faults and ends them", () =>
  opened({ servers: 2 }, async (federation) => {
    const [server, other] = federation.servers;
    const faults = `${server!.baseURL}/admin/faults`;
    await call(faults, "POST", { kind: "http", status: 500, count: 2 });
    assert.equal((await call(`${server!.baseURL}/api/v1/instance`)).status, 500);
    assert.equal((await call(`${other!.baseURL}/api/v1/instance`)).status, 200);
    const [left] = JSON.parse((await call(faults)).text);
    assert.deepEqual(left, { id: 1, kind: "http", status: 500, count: 2, left: 1 });
    assert.deepEqual(JSON.parse((await call(faults, "DELETE")).text), []);
    assert.equal((await call(`${server!.baseURL}/api/v1/instance`)).status, 200);

    const reader = read(streamOf(federation), server!.token);
    await server!.followed();
    await call(faults, "POST", { kind: "close", code: 1012 });
    assert.equal(await reader.closed, 1012);

    assert.equal((await call(faults, "POST", { kind: "down" })).status, 200);
    await assert.rejects(fetch(`${server!.baseURL}/api/v1/instance`));
    await federation.heal(0);
    assert.equal((await call(`${server!.baseURL}/api/v1/instance`)).status, 200);
  }));

Deno.test("admin: changes the rate", () =>
  opened({ servers: 1 }, async (federation) => {
    const [server] = federation.servers;
    const reader = read(streamOf(federation), server!.token);
    await server!.followed();
    await call(`${server!.baseURL}/admin/rate`, "POST", { rate: "max", count: 50 });
    await reader.until(() => reader.frames.length >= 30);
    await call(`${server!.baseURL}/admin/rate`, "POST", { rate: 0 });
  }));

Deno.test("admin: names the part of a request that it does not understand", () =>
  opened({ servers: 1 }, async ({ servers }) => {
    const admin = `${servers[0]!.baseURL}/admin`;
    for (
      const [path, body, status] of [
        ["/faults", { kind: "gremlins" }, 422],
        ["/faults", { kind: "slow" }, 422],
        ["/faults", "{", 400],
        ["/faults", "[]", 422],
        ["/publish", { count: "many" }, 422],
        ["/rate", { rate: "fast" }, 422],
        ["/delete", { uri: "https://nobody.example/1" }, 404],
        ["/software", { software: "geocities" }, 422],
        ["/nothing", {}, 404],
      ] as const
    ) {
      const answer = await call(`${admin}${path}`, "POST", body);
      assert.equal(answer.status, status, path);
      assert.equal(typeof JSON.parse(answer.text).error, "string");
    }
  }));

Deno.test("admin: changes the software of one server", () =>
  opened({ servers: 2 }, async ({ servers }) => {
    const software = `${servers[0]!.baseURL}/admin/software`;
    assert.equal(JSON.parse((await call(software)).text).name, "mastodon");
    await call(software, "POST", { software: "akkoma" });
    const instances = await Promise.all(
      servers.map(async ({ baseURL }) => (await call(`${baseURL}/api/v1/instance`)).text),
    );
    assert.deepEqual(instances.map((text) => JSON.parse(text).version), [
      "2.7.2 (compatible; Akkoma 3.13.2)",
      "4.5.3",
    ]);
  }));
