import assert from "node:assert/strict";
import type { ServerEvent } from "../event.ts";
import { type FeedOptions, realWorld } from "../feed-options.ts";
import { type Answer, createRest } from "./rest.ts";
import { createFakeClock, type FakeClock } from "../../../common/testing/fake-clock.ts";
import { createTimeline } from "./timeline.ts";

const options: FeedOptions = {
  baseURL: "https://bread.example",
  token: "s3cret",
  federated: false,
  resumeFrom: null,
  contact: "https://example.org",
  signal: new AbortController().signal,
};

type Reply = { status?: number; body?: string; headers?: Record<string, string> } | Error;

/** A server that gives these replies, one after the other, and the last for ever. */
function play(replies: Reply[]) {
  const clock = createFakeClock({ running: true });
  const asked: { url: string; authorization: string | undefined; at: number }[] = [];
  const fetch = (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    asked.push({ url, authorization: headers.Authorization, at: clock.now() });
    const reply = replies[Math.min(asked.length, replies.length) - 1]!;
    if (reply instanceof Error) return Promise.reject(reply);
    const { status = 200, body = "[]", headers: more = {} } = reply;
    return Promise.resolve(new Response(body, { status, headers: more }));
  };
  const deps = { ...realWorld, clock, fetch, random: () => 0.5 };
  return { clock, asked, rest: createRest(options, deps), deps };
}

/** Pulls to the end, winding the clock through every wait. */
async function pull(
  clock: FakeClock,
  generator: AsyncGenerator<ServerEvent[], unknown>,
): Promise<{ result: unknown; notices: string[] }> {
  const notices: string[] = [];
  const winding = setInterval(() => clock.advance(500), 0);
  try {
    for (;;) {
      const { done, value } = await generator.next();
      if (done) return { result: value, notices };
      for (const event of value) if (event.kind === "notice") notices.push(event.message);
    }
  } finally {
    clearInterval(winding);
  }
}

Deno.test("the token goes into the header, and nowhere else", async () => {
  const { rest, clock, asked } = play([{ body: `{"a":1}` }]);
  const { result } = await pull(clock, rest.get("/api/v1/x", { local: "true", min_id: "1" }));
  assert.deepEqual((result as Answer).body, { a: 1 });
  assert.deepEqual(asked.map(({ url, authorization }) => [url, authorization]), [
    ["https://bread.example/api/v1/x?local=true&min_id=1", "Bearer s3cret"],
  ]);
});

Deno.test("trouble of the moment is asked through, and told", async () => {
  const { rest, clock, asked } = play([
    { status: 500 },
    new TypeError("fetch failed", { cause: new Error("Connection reset by peer") }),
    { status: 503, body: "<html>", headers: { "Retry-After": "20" } },
    { body: `[{"id":"1` },
    { status: 429, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" } },
    { body: "[1]" },
  ]);
  const { result, notices } = await pull(clock, rest.get("/api/v1/x"));
  assert.deepEqual((result as Answer).body, [1]);
  assert.equal(asked.length, 6);
  assert.match(notices.join("\n"), /answered 500.*\n.*reset by peer.*\n.*503.*2\d s\n.*no JSON/);
  assert.ok(asked[3]!.at - asked[2]!.at >= 20_000);
  assert.ok(asked[5]!.at - asked[4]!.at >= 60_000);
});

Deno.test("where nothing of the allowance remains, the next question waits, and says so", async () => {
  const headers = { "x-ratelimit-limit": "300", "x-ratelimit-remaining": "0" };
  const { rest, clock, asked } = play([
    { headers: { ...headers, "X-RateLimit-Reset": "60" } },
    { body: "[2]" },
  ]);
  await pull(clock, rest.get("/api/v1/x"));
  const { notices } = await pull(clock, rest.get("/api/v1/x"));
  assert.ok(asked[1]!.at - asked[0]!.at >= 59_000);
  assert.match(notices[0]!, /the allowance is low, waiting (59|60) s/);
});

Deno.test("answers that asking again does not change come as they are", async () => {
  for (const status of [200, 301, 401, 403, 404, 410, 422]) {
    const { rest, clock, asked } = play([{ status, body: `{"error":"x"}` }]);
    const { result } = await pull(clock, rest.get("/api/v1/x"));
    assert.equal((result as Answer).status, status);
    assert.equal(asked.length, 1);
  }
});

Deno.test("a body that never is JSON comes as its text in the end", async () => {
  const { rest, clock, asked } = play([{ body: "<html>" }]);
  const { result } = await pull(clock, rest.get("/api/v1/x"));
  assert.equal((result as Answer).body, "<html>");
  assert.equal(asked.length, 4);
});

Deno.test("a server that was never reached is a failure; one that was is waited for", async () => {
  const gone = new TypeError("fetch failed", { cause: new Error("dns error: no such host") });
  const never = play([gone]);
  await assert.rejects(pull(never.clock, never.rest.get("/api/v1/x")), {
    name: "Failure",
    message: /^https:\/\/bread\.example cannot be reached \(dns error: no such host\).*--baseURL/,
  });
  assert.equal(never.asked.length, 6);

  const once = play([{ body: "[]" }, ...Array<Reply>(20).fill(gone), { body: "[2]" }]);
  await pull(once.clock, once.rest.get("/api/v1/x"));
  const { result } = await pull(once.clock, once.rest.get("/api/v1/x"));
  assert.deepEqual((result as Answer).body, [2]);
});

Deno.test("a glance is one question, and none at all where it would have to wait", async () => {
  const { rest, asked } = play([
    { status: 503 },
    { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60" } },
  ]);
  assert.equal((await rest.glance("/api/v1/x", {}))?.status, 503);
  assert.equal((await rest.glance("/api/v1/x", {}))?.status, 200);
  assert.equal(await rest.glance("/api/v1/x", {}), null);
  assert.equal(asked.length, 2);
});

Deno.test("a page is the oldest first, in whatever order it came", async () => {
  const page = [{ id: "12" }, { id: "11" }, { id: "10" }];
  for (const body of [page, page.toReversed()]) {
    const { rest, clock, deps, asked } = play([{ body: JSON.stringify(body) }]);
    const timeline = createTimeline(options, deps, rest);
    const { result } = await pull(clock, timeline.read({ minId: "9" }));
    const statuses = page.toReversed();
    assert.deepEqual(result, { statuses, oldest: "10", newest: "12" });
    assert.match(asked[0]!.url, /public\?limit=40&local=true&min_id=9$/);
  }
});

Deno.test("who never answered is believed at the first no, who did at the third", async () => {
  const no: Reply = { status: 401, body: `{"error":"The access token is invalid"}` };
  const first = play([no]);
  const asFirst = createTimeline(options, first.deps, first.rest);
  await assert.rejects(pull(first.clock, asFirst.read()), { name: "Failure" });
  assert.equal(first.asked.length, 1);

  const later = play([{ body: "[]" }, no, no, { body: "[]" }, no]);
  const asLater = createTimeline(options, later.deps, later.rest);
  await pull(later.clock, asLater.read());
  await pull(later.clock, asLater.read());
  await assert.rejects(pull(later.clock, asLater.read()), /"The access token is invalid"/);
  assert.equal(later.asked.length, 7);
});
