import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { createMetrics, type Metrics, type MetricsOptions } from "./metrics.ts";
import type { FeedDeps } from "../mastodon/feed-options.ts";
import type { SocketEvents } from "../mastodon/stream/socket.ts";
import type { Sink } from "../sinks/sink.ts";
import { createTotals, serverTotals } from "../report/totals.ts";

const START = 1_769_934_600_000;
const BREAD = "https://bread.example";

function start(options: Partial<MetricsOptions> = {}) {
  let now = START;
  const totals = createTotals(now);
  const metrics = createMetrics({ totals, clock: { now: () => now }, ...options });
  return { totals, metrics, wait: (seconds: number) => now += seconds * 1000 };
}

/** Returns the samples of a scrape: `name{labels}` to value. */
async function scrape(metrics: Metrics): Promise<Map<string, number>> {
  const response = await metrics.answer(new Request("http://localhost/metrics"));
  assert.match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n").filter((line) => line && line[0] !== "#");
  return new Map(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
}

async function health(metrics: Metrics): Promise<[number, string]> {
  const response = await metrics.answer(new Request("http://localhost/healthz"));
  return [response.status, (await response.text()).trim()];
}

Deno.test("metrics are the totals at the time of the scrape", async () => {
  const { totals, metrics, wait } = start();
  const bread = serverTotals(totals, BREAD);
  bread.transports.stream = 5;
  bread.transports.backfill = 2;
  bread.withheld = 1;
  bread.boosts = 4;
  bread.gapMilliseconds = 90_500;
  bread.lag = 1_250;
  bread.checkpointAt = START;
  totals.sinks.push({ name: "kafka b/t", written: 9, durable: 7, unfit: 1 });
  totals.waiting = 12;
  totals.pending = 34;
  wait(30);
  const first = await scrape(metrics);
  const of = `{server="${BREAD}"}`;
  assert.equal(first.get(`mastodon_toots_total{server="${BREAD}",transport="stream"}`), 5);
  assert.equal(first.get(`mastodon_toots_total{server="${BREAD}",transport="backfill"}`), 2);
  assert.equal(first.get(`mastodon_withheld_total${of}`), 1);
  assert.equal(first.get(`mastodon_left_out_total{server="${BREAD}",reason="boost"}`), 4);
  assert.equal(first.get(`mastodon_gap_seconds_total${of}`), 90.5);
  assert.equal(first.get(`mastodon_lag_seconds${of}`), 1.25);
  assert.equal(first.get(`mastodon_checkpoint_age_seconds${of}`), 30);
  assert.equal(first.get(`mastodon_last_toot_age_seconds${of}`), undefined, "none came yet");
  assert.equal(first.get(`mastodon_sink_lag_batches{sink="kafka b/t"}`), 2);
  assert.equal(first.get(`mastodon_sink_unfit_total{sink="kafka b/t"}`), 1);
  assert.equal(first.get(`mastodon_queue_records{stage="waiting"}`), 12);
  assert.equal(first.get(`mastodon_queue_records{stage="not_durable"}`), 34);
  bread.transports.stream = 6;
  const second = await scrape(metrics);
  assert.equal(second.get(`mastodon_toots_total{server="${BREAD}",transport="stream"}`), 6);
});

Deno.test("requests to Kafka are a histogram", async () => {
  const { metrics } = start();
  metrics.sent({ messages: 1_000, milliseconds: 7 });
  metrics.sent({ messages: 500, milliseconds: 300 });
  const samples = await scrape(metrics);
  assert.equal(samples.get("mastodon_produced_messages_total"), 1_500);
  assert.equal(samples.get("mastodon_produce_seconds_count"), 2);
  assert.equal(samples.get(`mastodon_produce_seconds_bucket{le="0.01"}`), 1);
  assert.ok(samples.get("process_resident_memory_bytes")! > 1e6);
  assert.ok(samples.get("process_cpu_seconds_total")! > 0);
});

Deno.test("docs/metrics.md names exactly the metrics that exist", async () => {
  const { totals, metrics } = start();
  serverTotals(totals, BREAD);
  const scraped = await (await metrics.answer(new Request("http://localhost/metrics"))).text();
  const names = new Set([...scraped.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
  const doc = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  const told = new Set(
    [...doc.matchAll(/`((?:mastodon|process|nodejs)_\w+)/g)].map(([, name]) => name!),
  );
  assert.deepEqual([...told].sort(), [...names].sort());
});

Deno.test("a quiet server is healthy, a silent one is not", async () => {
  const { totals, metrics, wait } = start();
  serverTotals(totals, BREAD);
  let events: SocketEvents | null = null;
  let answers = 200;
  const world = {
    fetch: () => Promise.resolve(new Response("[]", { status: answers })),
    openSocket(_url: string, _headers: unknown, given: SocketEvents) {
      events = given;
      return { pause() {}, resume() {}, close() {} };
    },
  } as unknown as FeedDeps;
  const deps = metrics.contacts.of(BREAD, world);
  const heard: string[] = [];
  deps.openSocket("wss://bread.example", {}, {
    opened: () => heard.push("opened"),
    refused: () => heard.push("refused"),
    frame: (text) => heard.push(text),
    sign: () => heard.push("ping"),
    closed: () => heard.push("closed"),
  });
  events!.opened();
  for (let i = 0; i < 40; i++) {
    wait(30);
    events!.sign();
  }
  assert.deepEqual(await health(metrics), [200, "well"]);
  wait(599);
  assert.equal((await health(metrics))[0], 200);
  wait(1);
  assert.deepEqual(await health(metrics), [503, `unhealthy: ${BREAD}: no sign of life for 600 s`]);
  answers = 503;
  await deps.fetch("https://bread.example/api/v1/timelines/public", {});
  assert.equal((await health(metrics))[0], 503, "an error is no sign of life");
  answers = 200;
  await deps.fetch("https://bread.example/api/v1/timelines/public", {});
  assert.equal((await health(metrics))[0], 200);
  wait(700);
  events!.frame("{}");
  assert.equal((await health(metrics))[0], 200);
  assert.deepEqual([heard[0], heard[1], heard.at(-1)], ["opened", "ping", "{}"]);
});

Deno.test("a feed that has ended is unhealthy at once", async () => {
  const { totals, metrics } = start();
  serverTotals(totals, BREAD).failure = "bread.example refuses the token (401)";
  const [status, why] = await health(metrics);
  assert.equal(status, 503);
  assert.equal(why, `unhealthy: ${BREAD}: ended: bread.example refuses the token (401)`);
});

Deno.test("a stalled sink is unhealthy, a slow one is not", async () => {
  const { totals, metrics, wait } = start();
  const name = "kafka broker:9092/toots";
  const counts = { name, written: 0, durable: 0, unfit: 0 };
  totals.sinks.push(counts);
  const sink = { name, state: { waiting: 7, away: { since: START, reason: "ECONNREFUSED" } } };
  const server = metrics.serve(
    { hostname: "127.0.0.1", port: 0 },
    [sink as unknown as Sink],
  );
  try {
    wait(5_000);
    assert.equal((await health(metrics))[0], 200, "nothing to do");
    for (let i = 0; i < 20; i++) {
      counts.written += 2;
      counts.durable += 1;
      wait(500);
      assert.equal((await health(metrics))[0], 200);
    }
    wait(600);
    const response = await fetch(`${server.url}/healthz`);
    assert.equal(response.status, 503);
    assert.equal(
      (await response.text()).trim(),
      `unhealthy: ${name}: stored nothing for 600 s: ECONNREFUSED`,
    );
    const samples = await scrape(metrics);
    assert.equal(samples.get(`mastodon_sink_stalled_seconds{sink="${name}"}`), 600);
    counts.durable = counts.written;
    assert.equal((await health(metrics))[0], 200);
  } finally {
    await server.close();
  }
});

Deno.test("a sink may collect records for an hour", async () => {
  const { totals, metrics, wait } = start({ collecting: 3_600_000 });
  totals.sinks.push({ name: "lake data/lake", written: 1, durable: 0, unfit: 0 });
  assert.equal((await health(metrics))[0], 200);
  wait(4_199);
  assert.equal((await health(metrics))[0], 200);
  wait(1);
  assert.deepEqual(await health(metrics), [
    503,
    "unhealthy: lake data/lake: stored nothing for 4200 s",
  ]);
});

Deno.test("an address in use is reported in one line", async () => {
  const { metrics } = start();
  const server = metrics.serve({ hostname: "127.0.0.1", port: 0 });
  const port = Number(new URL(server.url).port);
  try {
    assert.throws(
      () => metrics.serve({ hostname: "127.0.0.1", port }),
      (error) =>
        error instanceof Failure && error.exitCode === 1 &&
        error.message === `--metrics: cannot listen on 127.0.0.1:${port}: the port is in use`,
    );
  } finally {
    await server.close();
  }
});

Deno.test("other paths get 404, and other methods get 405", async () => {
  const { metrics } = start();
  assert.equal((await metrics.answer(new Request("http://localhost/"))).status, 404);
  const post = new Request("http://localhost/metrics", { method: "POST" });
  assert.equal((await metrics.answer(post)).status, 405);
});
