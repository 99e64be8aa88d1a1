import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInstance, streamsNothing } from "./instance.ts";

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
      software: "Mastodon",
      version: "4.5.3+glitch",
      streaming: "wss://streaming.bread.example",
      access: { local: "authenticated", remote: "disabled" },
    },
  );
});

Deno.test("version 1, and what servers write there", () => {
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

Deno.test("software that says what it is compatible with", () => {
  const software = (version: string) => parseInstance({ version }, BASE).software;
  assert.equal(software("2.7.2 (compatible; Akkoma 3.10.4-0-gebfb617)"), "Akkoma");
  assert.equal(software("4.2.1 (compatible; Iceshrimp.NET/2024.1-beta2+e1)"), "Iceshrimp.NET");
  assert.equal(software("4.2.1"), null);
  assert.ok(streamsNothing(parseInstance({ version: "3.5.3 (compatible; Pixelfed 0.12)" }, BASE)));
  assert.ok(!streamsNothing(parseInstance({ version: "4.5.0" }, BASE)));
});

Deno.test("any JSON is an instance of some kind", () => {
  fc.assert(fc.property(fc.jsonValue(), (body) => void parseInstance(body, BASE)));
});
