import assert from "node:assert/strict";
import { redirectTo, streamURL } from "./connect.ts";

const FROM = "wss://bread.example/api/v1/streaming?stream=public:local";
const HOSTS = ["bread.example", "streaming.bread.example"];

Deno.test("the address of a stream", () => {
  assert.equal(streamURL(null, "https://bread.example", false), FROM);
  assert.equal(
    streamURL("wss://streaming.bread.example", "https://bread.example", true),
    "wss://streaming.bread.example/api/v1/streaming?stream=public",
  );
});

Deno.test("a redirect is followed to the server's own host and to the one it names", () => {
  const to = "wss://streaming.bread.example/api/v1/streaming?stream=public:local";
  assert.equal(redirectTo(to, FROM, HOSTS), to);
  assert.equal(redirectTo(to.replace("wss", "https"), FROM, HOSTS), to);
  assert.equal(
    redirectTo("https://bread.example:4000/x", FROM, HOSTS),
    "wss://bread.example:4000/x?stream=public:local",
  );
  assert.equal(
    redirectTo("/y/?stream=public", FROM, HOSTS),
    "wss://bread.example/y/?stream=public",
  );
});

Deno.test("a redirect to another host, or to an unencrypted address, is not followed", () => {
  for (
    const to of [
      "wss://butter.example/api/v1/streaming",
      "wss://bread.example.butter.example/",
      "ws://bread.example/api/v1/streaming",
      "http://streaming.bread.example/",
      "ftp://bread.example/",
      "https://",
    ]
  ) {
    assert.equal(redirectTo(to, FROM, HOSTS), null, to);
  }
});
