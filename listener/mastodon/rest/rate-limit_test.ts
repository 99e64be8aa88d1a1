import assert from "node:assert/strict";
import { createPace, retryAfter } from "./rate-limit.ts";

const NOW = Date.UTC(2026, 1, 1, 12);
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
const http = (milliseconds: number) => new Date(milliseconds).toUTCString();

Deno.test("Retry-After in seconds and as a date; X-RateLimit-Reset in all its forms", () => {
  assert.equal(retryAfter({ "retry-after": "120" }, NOW), 120_000);
  assert.equal(retryAfter({ "retry-after": http(NOW + 90_000) }, NOW), 90_000);
  assert.equal(retryAfter({ "x-ratelimit-reset": iso(NOW + 5_000) }, NOW), 5_000);
  assert.equal(retryAfter({ "x-ratelimit-reset": "2026-02-01T12:00:30.872845Z" }, NOW), 30_872);
  assert.equal(retryAfter({ "x-ratelimit-reset": String(NOW / 1000 + 7) }, NOW), 7_000);
  assert.equal(retryAfter({ "x-ratelimit-reset": String(NOW + 7_000) }, NOW), 7_000);
  assert.equal(retryAfter({ "x-ratelimit-reset": "9" }, NOW), 9_000);
});

Deno.test("a past, absurd or unreadable reset time does not cause an endless wait", () => {
  assert.equal(retryAfter({ "retry-after": http(NOW - 60_000) }, NOW), 0);
  assert.equal(retryAfter({ "retry-after": "999999" }, NOW), 3_600_000);
  assert.equal(retryAfter({ "retry-after": "soon" }, NOW), null);
  assert.equal(retryAfter({}, NOW), null);
});

Deno.test("a wrong clock of the server is corrected for", () => {
  const date = http(NOW + 600_000);
  assert.equal(retryAfter({ date, "x-ratelimit-reset": iso(NOW + 660_000) }, NOW), 60_000);
  assert.equal(retryAfter({ date, "retry-after": "60" }, NOW), 60_000);
});

Deno.test("the first half of an allowance is used at once, the second is spread, and an empty one waits", () => {
  const pace = createPace();
  const note = (remaining: number, now: number) =>
    pace.note({
      "x-ratelimit-limit": "300",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": iso(NOW + 300_000),
    }, { wall: now, monotonic: now });
  assert.equal(pace.delay(NOW), 0);
  note(299, NOW);
  assert.equal(pace.delay(NOW), 0);
  note(149, NOW);
  assert.equal(pace.delay(NOW), 2_000);
  assert.equal(pace.delay(NOW + 1_500), 500);
  assert.equal(pace.delay(NOW + 9_000), 0);
  note(0, NOW + 100_000);
  assert.equal(pace.delay(NOW + 100_000), 200_000);
  assert.equal(pace.delay(NOW + 300_000), 0);
});

Deno.test("a whole allowance can be used before the server's reset time", () => {
  const pace = createPace();
  let now = NOW, remaining = 300;
  for (let request = 0; request < 300; request++) {
    now += pace.delay(now) + 10;
    remaining--;
    assert.ok(now < NOW + 300_000 && remaining >= 0);
    pace.note({
      "x-ratelimit-limit": "300",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": iso(NOW + 300_000),
    }, { wall: now, monotonic: now });
  }
});

Deno.test("a server that states no limit is assumed to have the usual one", () => {
  const pace = createPace();
  let now = 0, requests = 0;
  for (; now < 300_000; requests++) {
    now += pace.delay(now);
    pace.note({}, { wall: NOW + now, monotonic: now });
  }
  assert.ok(requests > 290 && requests < 310, `${requests} in five minutes`);
});

Deno.test("the remaining allowance sets the interval between requests", () => {
  const pace = createPace();
  assert.equal(pace.spacing(0), 1_000);
  pace.note({
    "x-ratelimit-limit": "300",
    "x-ratelimit-remaining": "100",
    "x-ratelimit-reset": iso(NOW + 300_000),
  }, { wall: NOW, monotonic: 0 });
  assert.equal(pace.spacing(0), 3_000);
  assert.equal(pace.free(0), 1 / 3);
  assert.equal(pace.free(300_000), 1, "a new allowance");
});
