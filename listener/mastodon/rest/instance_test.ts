import assert from "node:assert/strict";
import fc from "fast-check";
import { manyIds, parseInstance, readInstance, softwareText, streamsNothing } from "./instance.ts";
import type { Rest } from "./rest.ts";

fc.configureGlobal({ seed: 1 });

const BASE = "https://bread.example";

Deno.test("version 2 of the instance: streaming host, access, software", () => {
  assert.deepEqual(
    parseInstance({
      version: "4.5.3+glitch",
      source_url: "https://github.com/glitch-soc/mastodon",
      configuration: {
        urls: { streaming: "wss://streaming.bread.example" },
        timelines_access: { live_feeds: { local: "authenticated", remote: "disabled" } },
      },
    }, BASE),
    {
      domain: null,
      software: "Mastodon",
      version: "4.5.3+glitch",
      streaming: "wss://streaming.bread.example",
      access: { local: "authenticated", remote: "disabled" },
    },
  );
});

Deno.test("version 1 of the instance is read in the variants that servers send", () => {
  const streaming = (streaming_api: unknown, base = BASE) =>
    parseInstance({ urls: { streaming_api } }, base).streaming;
  assert.equal(streaming("wss://bread.example"), "wss://bread.example");
  assert.equal(streaming("https://bread.example/"), "wss://bread.example");
  assert.equal(streaming("wss://bread.example/api/v1/streaming/"), "wss://bread.example");
  assert.equal(streaming("wss://bread.example/streaming"), "wss://bread.example/streaming");
  assert.equal(streaming("ws://127.0.0.1:4000", "http://127.0.0.1:4000"), "ws://127.0.0.1:4000");
  for (const nothing of [null, undefined, "", "wss://", "bread", 7, "ftp://x"]) {
    assert.equal(streaming(nothing), null);
  }
});

Deno.test("a token never goes to an unencrypted stream of an encrypted server", () => {
  const { streaming } = parseInstance({ urls: { streaming_api: "ws://bread.example" } }, BASE);
  assert.equal(streaming, "wss://bread.example");
});

Deno.test("software is read from a version that also names a compatible one", () => {
  const software = (version: string) => parseInstance({ version }, BASE).software;
  assert.equal(software("2.7.2 (compatible; Akkoma 3.10.4-0-gebfb617)"), "Akkoma");
  assert.equal(software("4.2.1 (compatible; Iceshrimp.NET/2024.1-beta2+e1)"), "Iceshrimp.NET");
  assert.equal(software("4.2.1"), null);
  assert.ok(streamsNothing(parseInstance({ version: "3.5.3 (compatible; Pixelfed 0.12)" }, BASE)));
  assert.ok(!streamsNothing(parseInstance({ version: "4.5.0" }, BASE)));
});

Deno.test("the software is named with its own version", () => {
  const text = (version: unknown, source_url?: string) =>
    softwareText(parseInstance({ version, source_url }, BASE));
  const mastodon = "https://github.com/mastodon/mastodon";
  assert.equal(text("4.5.0", mastodon), "Mastodon 4.5.0");
  assert.equal(
    text("4.5.3+glitch", "https://github.com/glitch-soc/mastodon"),
    "Mastodon 4.5.3+glitch",
  );
  assert.equal(text(undefined, mastodon), "Mastodon");
  assert.equal(text("4.2.1 (compatible; Iceshrimp.NET/2024.1)"), "Iceshrimp.NET 2024.1");
  assert.equal(text("4.2.1 (compatible; Akkoma)"), "Akkoma");
  assert.equal(text("4.2.1"), null);
  const long = text(`2.7.2 (compatible; ${"x".repeat(100)} ${"1".repeat(1_000_000)})`);
  assert.ok(long!.length <= 256);
  const gotosocial = parseInstance({ version: "0.19.1+git-abc" }, BASE);
  assert.equal(
    softwareText({ ...gotosocial, software: "GoToSocial" }),
    "GoToSocial 0.19.1+git-abc",
  );
});

Deno.test("any JSON is an instance of some kind", () => {
  fc.assert(fc.property(fc.jsonValue(), (body) => void softwareText(parseInstance(body, BASE))));
});

Deno.test("the account domain is `domain` of version 2, or `uri` of version 1, a URL too", () => {
  const domain = (body: unknown) => parseInstance(body, BASE).domain;
  assert.equal(domain({ domain: "bread.example", uri: "x.example" }), "bread.example");
  assert.equal(domain({ uri: "https://Bread.example/" }), "bread.example");
  assert.equal(domain({ uri: "127.0.0.1:4000" }), "127.0.0.1:4000");
  for (const nothing of [{}, { uri: 7 }, { uri: "" }, { domain: "a b" }, { domain: "\u202ex" }]) {
    assert.equal(domain(nothing), null);
  }
});

Deno.test("batch requests are used with Mastodon 4.3 and later, and with Pleroma", () => {
  const source_url = "https://github.com/mastodon/mastodon";
  const param = (version: string) => manyIds(parseInstance({ version, source_url }, BASE));
  assert.deepEqual(
    ["4.2.9", "4.3.0", "4.10.1", "5.0.0-alpha.1", "3.9"].map(param),
    [null, "id[]", "id[]", "id[]", null],
  );
  const other = (name: string) =>
    manyIds(parseInstance({ version: `4.5.0 (compatible; ${name} 1.0)` }, BASE));
  assert.deepEqual(["Pleroma", "Akkoma", "Iceshrimp"].map(other), ["ids[]", "ids[]", null]);
});

Deno.test("version 1 is read if version 2 fails, and nothing if both fail", async () => {
  const rest = (answers: Record<string, number>) => ({
    askOnce: (path: string) =>
      Promise.resolve({
        status: answers[path] ?? 200,
        body: { version: path },
        headers: {},
        asked,
      }),
  } as unknown as Rest);
  const asked = { wall: 0, monotonic: 0 };
  for (const status of [404, 500, 501]) {
    const instance = await readInstance(rest({ "/api/v2/instance": status }), BASE);
    assert.equal(instance?.version, "/api/v1/instance");
    const both = { "/api/v2/instance": status, "/api/v1/instance": status };
    assert.equal(await readInstance(rest(both), BASE), null);
  }
});

Deno.test("a version of a megabyte is cut, because each record names the software", () => {
  const { software, version } = parseInstance(
    { version: `2.7.2 (compatible; ${"x".repeat(1_000_000)})` },
    BASE,
  );
  assert.equal(version!.length, 256);
  assert.ok(software!.length < 256);
});
