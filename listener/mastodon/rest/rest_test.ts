import assert from "node:assert/strict";
import type { ServerEvent } from "../event.ts";
import { type FeedOptions, realWorld } from "../feed-options.ts";
import { type Answer, createRest } from "./rest.ts";
import { createFakeClock, type FakeClock } from "../../../common/testing/fake-clock.ts";
import { ANSWER_BYTES, PAGE_STATUSES } from "../../limits.ts";
import { createTimeline, type Page } from "./timeline.ts";

const options: FeedOptions = {
  baseURL: "https://bread.example",
  token: "s3cret",
  federated: false,
  contact: "https://example.org",
  signal: new AbortController().signal,
};

type Reply = { status?: number; body?: string; headers?: Record<string, string> } | Error;

/**
 * Makes a server that returns these answers one after the other, and then repeats the last one.
 */
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

/** Reads to the end, and advances the clock through every wait. */
async function pull(
  clock: FakeClock,
  generator: AsyncGenerator<ServerEvent[], unknown>,
  step = 500,
): Promise<{ result: unknown; notices: string[] }> {
  const notices: string[] = [];
  const winding = setInterval(() => clock.advance(step), 0);
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

Deno.test("temporary errors are retried and reported", async () => {
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
  assert.match(notices.join("\n"), /answered 500.*\n.*reset by peer.*\n.*503.*2\d s\n.*not JSON/);
  assert.ok(asked[3]!.at - asked[2]!.at >= 20_000);
  assert.ok(asked[5]!.at - asked[4]!.at >= 60_000);
});

Deno.test("without remaining allowance, the next request waits and reports it", async () => {
  const headers = { "x-ratelimit-limit": "300", "x-ratelimit-remaining": "0" };
  const { rest, clock, asked } = play([
    { headers: { ...headers, "X-RateLimit-Reset": "60" } },
    { body: "[2]" },
  ]);
  await pull(clock, rest.get("/api/v1/x"));
  const { notices } = await pull(clock, rest.get("/api/v1/x"));
  assert.ok(asked[1]!.at - asked[0]!.at >= 59_000);
  assert.match(notices[0]!, /the rate limit is nearly used up, waiting (59|60) s/);
});

Deno.test("answers that a retry would not change are returned as they are", async () => {
  for (const status of [200, 301, 401, 403, 404, 410, 422]) {
    const { rest, clock, asked } = play([{ status, body: `{"error":"x"}` }]);
    const { result } = await pull(clock, rest.get("/api/v1/x"));
    assert.equal((result as Answer).status, status);
    assert.equal(asked.length, 1);
  }
});

Deno.test("a body that is still not JSON after all retries is returned as text", async () => {
  const { rest, clock, asked } = play([{ body: "<html>" }]);
  const { result } = await pull(clock, rest.get("/api/v1/x"));
  assert.equal((result as Answer).body, "<html>");
  assert.equal(asked.length, 4);
});

Deno.test("a server that was never reached is a failure; one that was reached before is retried", async () => {
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

Deno.test("an HTML page with status 403 comes from a delivery network, and is retried", async () => {
  const { rest, clock, asked } = play([
    { status: 403, body: "<!DOCTYPE html><title>Just a moment</title>" },
    { status: 403, body: "wait", headers: { "Content-Type": "text/html" } },
    { body: "[1]" },
  ]);
  const { result, notices } = await pull(clock, rest.get("/api/v1/x"));
  assert.deepEqual((result as Answer).body, [1]);
  assert.equal(asked.length, 3);
  assert.equal(notices.length, 1, "told once");
  assert.match(notices[0]!, /^bread\.example: a content delivery network or a firewall/);
});

Deno.test("the same error is reported once a minute", async () => {
  const { rest, clock, asked } = play([
    ...Array<Reply>(8).fill({ status: 503, headers: { "Retry-After": "20" } }),
    { body: "[1]" },
  ]);
  const { notices } = await pull(clock, rest.get("/api/v1/x"));
  assert.equal(asked.length, 9);
  assert.ok(notices.length >= 3 && notices.length <= 4, notices.join("\n"));
});

Deno.test("a single request waits for the allowance, and returns any answer as it is", async () => {
  const { rest, asked, clock } = play([
    { status: 503 },
    { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60" } },
    new TypeError("fetch failed"),
  ]);
  assert.equal((await rest.askOnce("/api/v1/x"))?.status, 503);
  assert.equal((await rest.askOnce("/api/v1/x"))?.status, 200);
  const waiting = rest.askOnce("/api/v1/x");
  clock.advance(60_000);
  assert.equal(await waiting, null);
  assert.ok(asked[2]!.at - asked[1]!.at >= 59_000);
});

Deno.test("a page is returned as it is, with the cursor of the next page", async () => {
  const page = [{ id: "12" }, { id: "11" }, { id: "10" }];
  for (
    const body of [page, page.toReversed(), { "0": page[0], "2": page[1], "7": page[2] }, {
      "5": page[0],
      "6": page[1],
      "9": page[2],
    }]
  ) {
    const status = Array.isArray(body) ? 200 : 206;
    const { rest, clock, deps, asked } = play([{ status, body: JSON.stringify(body) }]);
    const timeline = createTimeline(options, deps, rest);
    const { result } = await pull(clock, timeline.read("13"));
    const { statuses, next } = result as Page;
    assert.deepEqual(statuses, Object.values(body));
    assert.equal(next, "10");
    assert.match(asked[0]!.url, /public\?local=true&max_id=13&limit=40$/);
  }
});

Deno.test("an empty page continues at its link; ids that are not cursors are not used", async () => {
  const link = `<https://bread.example/api/v1/timelines/public?max_id=7>; rel="next"`;
  const { rest, clock, deps } = play([{ headers: { Link: link } }]);
  const { result } = await pull(clock, createTimeline(options, deps, rest).read(null));
  assert.equal((result as Page).next, "7");
  const odd = play([{ body: `[{"id":"a:b"},{"id":"99999999999999999999"}]` }]);
  const page = await pull(odd.clock, createTimeline(options, odd.deps, odd.rest).read(null));
  assert.equal((page.result as Page).next, null);
});

Deno.test("an empty object is an empty page, and a link may have its parts in any order", async () => {
  const link = `<https://x.example/?min_id=9>; rel=prev, </a?max_id=8>; title="older"; Rel='next'`;
  const { rest, clock, deps } = play([{ body: "{}", headers: { Link: link } }]);
  const { result } = await pull(clock, createTimeline(options, deps, rest).read(null));
  assert.deepEqual((result as Page).statuses, []);
  assert.equal((result as Page).next, "8");
});

Deno.test("a refusal at the start is retried if an earlier run has read the server", async () => {
  const { rest, clock, deps, asked } = play([{ status: 404 }, { status: 403 }, {}]);
  const again = { ...options, resume: { id: "5", time: 1, coveredUntil: 1 } };
  const { notices } = await pull(clock, createTimeline(again, deps, rest).read(null));
  assert.equal(asked.length, 3);
  assert.equal(notices.length, 2);
  const first = createTimeline(options, deps, play([{ status: 404 }]).rest);
  await assert.rejects(first.read(null).next(), { name: "Failure" });
});

Deno.test("only the first statuses of a huge page are read", async () => {
  const { rest, clock, deps } = play([{ body: `[${"0,".repeat(100_000)}0]` }]);
  const { result } = await pull(clock, createTimeline(options, deps, rest).read(null));
  assert.equal((result as Page).statuses.length, PAGE_STATUSES);
});

Deno.test("a refusal is final if the server never answered before, and is retried otherwise", async () => {
  const no: Reply = { status: 401, body: `{"error":"The access token is invalid"}` };
  const first = play([no]);
  const asFirst = createTimeline(options, first.deps, first.rest);
  await assert.rejects(pull(first.clock, asFirst.read(null)), { name: "Failure" });
  assert.equal(first.asked.length, 1);

  const gone: Reply = { status: 404, body: "404 page not found" };
  const later = play([{ body: "[]" }, ...Array<Reply>(30).fill(no), gone, {
    body: `[{"id":"1"}]`,
  }]);
  const asLater = createTimeline(options, later.deps, later.rest);
  await pull(later.clock, asLater.read(null));
  const { result, notices } = await pull(later.clock, asLater.read(null), 20_000);
  assert.equal((result as Page).next, "1");
  assert.ok(notices.some((text) => text.includes("The access token is invalid")));
  const waits = later.asked.slice(1).map(({ at }, i) => at - later.asked[i]!.at);
  assert.ok(waits[25]! > 600_000 && waits[25]! > waits[11]!, "ever more rarely");
});

Deno.test("after a page that is too large, fewer statuses are requested", async () => {
  const { rest, clock, deps, asked } = play([
    { body: `["${"x".repeat(ANSWER_BYTES)}"]` },
    { body: `[{"id":"1"}]` },
  ]);
  const { result } = await pull(clock, createTimeline(options, deps, rest).read(null));
  assert.equal((result as Page).next, "1");
  assert.deepEqual(asked.map(({ url }) => new URL(url).searchParams.get("limit")), ["40", "20"]);
});
