import assert from "node:assert/strict";
import { COVERAGE_RECORD, DELETION_RECORD, TOOT_RECORD } from "../../record/avro.ts";
import { Failure } from "../../common/failure.ts";
import { unframe } from "../../kafka/wire.ts";
import { covered, gone, START, toot } from "../../record/testing/toot.ts";
import { type KafkaSinkOptions, openKafkaSink } from "./kafka.ts";
import type { Message } from "./kafka/queue.ts";
import { createFakeClock, settle } from "../../common/testing/fake-clock.ts";
import { fakeBroker } from "./kafka/testing/broker.ts";

const deletion = gone(7);

async function open(options: Partial<KafkaSinkOptions> = {}) {
  const clock = createFakeClock();
  const kafka = fakeBroker();
  const durable: number[] = [];
  const said: string[] = [];
  const unfit: [string, string][] = [];
  const subjects: string[] = [];
  const sink = await openKafkaSink(
    {
      brokers: ["broker.example:9092"],
      topic: "mastodon-topic",
      registry: "http://registry.example",
      linger: 0,
      ...options,
    },
    (seq) => durable.push(seq),
    {
      clock,
      random: () => 1,
      env: () => undefined,
      notify: (message) => said.push(message),
      onUnfit: (record, reason) =>
        unfit.push(["status_id" in record ? record.status_id : "", reason]),
      connect: () => kafka.connect(),
      registry: {
        register(subject) {
          subjects.push(subject);
          return Promise.resolve(subjects.length);
        },
        writer: () => Promise.resolve(null),
        check: () => Promise.resolve(),
      },
    },
  );
  return { clock, kafka, sink, durable, said, unfit, subjects };
}

Deno.test("toots, deletes and spans become messages of their topics", async () => {
  const { kafka, sink, subjects, durable } = await open();
  const messages: Message[] = [];
  kafka.fail((sent) => {
    messages.push(...sent);
    return null;
  });
  assert.deepEqual(subjects, [
    "mastodon-topic-value",
    "mastodon-delete-topic-value",
    "mastodon-coverage-topic-value",
  ]);
  await sink.write({ seq: 1, toots: [toot(1)], deletions: [deletion], coverage: [covered(1)] });
  await sink.close();
  assert.deepEqual(durable, [1]);
  const [first, second, third] = messages as [Message, Message, Message];
  assert.equal(first.topic, "mastodon-topic");
  assert.equal(first.key, "https://a.example/statuses/1");
  assert.equal(first.timestamp, String(START + 1_000));
  assert.equal(second.topic, "mastodon-delete-topic");
  assert.equal(second.key, "https://a.example|7");
  assert.equal(second.timestamp, String(START + 86_400_000));
  assert.equal(third.topic, "mastodon-coverage-topic");
  assert.equal(third.key, "https://a.example|local");
  assert.equal(third.timestamp, String(START + 120_000));
  for (
    const [message, { type }, record, id] of [
      [first, TOOT_RECORD, toot(1), 1],
      [second, DELETION_RECORD, deletion, 2],
      [third, COVERAGE_RECORD, covered(1), 3],
    ] as const
  ) {
    const framed = unframe(message.value);
    assert.ok(typeof framed !== "string");
    assert.equal(framed.schemaId, id);
    assert.deepEqual({ ...type.fromBuffer(framed.payload) }, record);
  }
});

Deno.test("no message has a timestamp in the future, which brokers refuse", async () => {
  const { clock, kafka, sink } = await open();
  const times: string[] = [];
  kafka.fail((sent) => {
    times.push(...sent.map(({ timestamp }) => timestamp));
    return null;
  });
  const ahead = clock.now() + 7 * 86_400_000;
  await sink.write({ seq: 1, toots: [], deletions: [], coverage: [covered(1, { until: ahead })] });
  const now = String(clock.now());
  await sink.close();
  assert.deepEqual(times, [now]);
});

Deno.test("a status dated in the future gets the time at which it was received as timestamp", async () => {
  const { kafka, sink } = await open();
  const times: string[] = [];
  kafka.fail((sent) => {
    times.push(...sent.map(({ timestamp }) => timestamp));
    return null;
  });
  await sink.write({
    seq: 1,
    toots: [toot(1, { posted_at: START + 86_400_000, observed_at: START })],
    deletions: [],
    coverage: [],
  });
  await sink.close();
  assert.deepEqual(times, [String(START)]);
});

Deno.test("a batch is durable only when the broker has all of it", async () => {
  const { kafka, sink, durable, clock } = await open({ count: 2 });
  kafka.fail(() => kafka.taken.length === 1 ? new Error("gone") : null);
  await sink.write({ seq: 1, toots: [toot(1), toot(2), toot(3)], deletions: [], coverage: [] });
  await settle();
  assert.equal(kafka.taken.length, 1);
  assert.deepEqual(durable, []);
  kafka.fail(null);
  await clock.advanceAsync(1_000);
  assert.deepEqual(durable, [1]);
  await sink.close();
});

Deno.test("a batch without records becomes durable with the ones before it", async () => {
  const { kafka, sink, durable, clock } = await open();
  await sink.write({ seq: 1, toots: [], deletions: [], coverage: [] });
  assert.deepEqual(durable, [1]);
  kafka.fail(() => new Error("gone"));
  await sink.write({ seq: 2, toots: [toot(1)], deletions: [], coverage: [] });
  await sink.write({ seq: 3, toots: [], deletions: [], coverage: [] });
  await settle();
  assert.deepEqual(durable, [1]);
  kafka.fail(null);
  await clock.advanceAsync(1_000);
  assert.deepEqual(durable, [1, 3]);
  await sink.close();
});

Deno.test("writing waits while the memory is full, and continues when the broker is back", async () => {
  const { kafka, sink, durable, clock } = await open({ memory: 1_000 });
  kafka.fail(() => new Error("gone"));
  await settle();
  let wrote = 0;
  const writing = (async () => {
    for (let seq = 1; seq <= 20; seq++) {
      await sink.write({ seq, toots: [toot(seq)], deletions: [], coverage: [] });
      wrote = seq;
    }
  })();
  await clock.advanceAsync(300_000);
  assert.ok(wrote > 0 && wrote < 10, `wrote ${wrote}`);
  assert.ok(sink.state.waiting < 10);
  assert.match(sink.state.away!.reason, /gone/);
  kafka.fail(null);
  await clock.advanceAsync(10_000);
  await writing;
  await sink.flush();
  assert.equal(durable.at(-1), 20);
  assert.deepEqual(
    kafka.taken.flat(),
    Array.from({ length: 20 }, (_, i) => `https://a.example/statuses/${i + 1}`),
  );
  assert.equal(sink.state.away, null);
  await sink.close();
});

Deno.test("closing waits for an unreachable broker, but not for ever", async () => {
  const stop = new AbortController();
  const { kafka, sink, durable, clock } = await open({ memory: 1, signal: stop.signal });
  kafka.fail(() => new Error("gone"));
  const writing = sink.write({ seq: 1, toots: [toot(1), toot(2)], deletions: [], coverage: [] });
  const outcome = writing.then(() => "written", (error) => error);
  await settle();
  await clock.advanceAsync(3_600_000); // Before the stop, the sink waits without a limit.
  stop.abort();
  await clock.advanceAsync(19_000);
  const early = await Promise.race([outcome, Promise.resolve("waiting")]);
  assert.equal(early, "waiting");
  await clock.advanceAsync(2_000);
  const error = await outcome;
  assert.ok(error instanceof Failure);
  assert.match(
    error.message,
    /^kafka broker.example:9092: 2 records are not acknowledged \(gone\)/,
  );
  const closing = sink.close().catch((error) => error);
  await clock.advanceAsync(30_000);
  assert.ok(await closing instanceof Failure);
  assert.deepEqual(durable, []);
});

Deno.test("closing delivers what a broker that returns in time still accepts", async () => {
  const { kafka, sink, durable, clock } = await open();
  kafka.fail(() => new Error("gone"));
  await sink.write({ seq: 1, toots: [toot(1)], deletions: [], coverage: [] });
  await settle();
  const closing = sink.close();
  await clock.advanceAsync(10_000);
  kafka.fail(null);
  await clock.advanceAsync(10_000);
  await closing;
  assert.deepEqual(durable, [1]);
});

Deno.test("a record that is too large is skipped and reported, and the others are sent", async () => {
  const { kafka, sink, unfit, durable } = await open();
  kafka.fail((messages) =>
    messages.some(({ key }) => key.endsWith("/3"))
      ? Object.assign(new Error("larger than the broker takes"), { type: "MESSAGE_TOO_LARGE" })
      : null
  );
  const broken = toot(2, { favourites: 2 ** 40 });
  await sink.write({
    seq: 1,
    toots: [toot(1), broken, toot(3), toot(4)],
    deletions: [],
    coverage: [],
  });
  await sink.close();
  assert.deepEqual(kafka.taken.flat().map((key) => key.at(-1)), ["1", "4"]);
  assert.deepEqual(unfit.map(([id]) => id), ["2", "3"]);
  assert.match(unfit[0]![1], /1099511627776/);
  assert.match(unfit[1]![1], /larger than/);
  assert.deepEqual(durable, [1]);
});

Deno.test("an unreachable broker or registry at the start is reported in one line, in time", async () => {
  for (
    const [part, line] of [
      ["broker", /^--brokers broker.example:9092: Kafka does not answer \(connect ECONNREFUSED\)/],
      ["registry", /^--registry http:\/\/r.example: the schema registry does not answer \(gone\)/],
    ] as const
  ) {
    const clock = createFakeClock();
    const kafka = fakeBroker();
    if (part === "broker") kafka.refuse(new Error("Connection error: connect ECONNREFUSED"));
    const said: string[] = [];
    const opening = openKafkaSink(
      { brokers: ["broker.example:9092"], topic: "toots", registry: "http://r.example" },
      () => {},
      {
        clock,
        env: () => undefined,
        notify: (message) => said.push(message),
        connect: () => kafka.connect(),
        registry: {
          register: () =>
            part === "registry" ? Promise.reject(new Error("gone")) : Promise.resolve(1),
          writer: () => Promise.resolve(null),
          check: () => Promise.resolve(),
        },
      },
    ).then(() => null, (error) => error);
    await settle();
    await clock.advanceAsync(20_000);
    const error = await opening;
    assert.ok(error instanceof Failure, part);
    assert.equal(error.exitCode, 1);
    assert.match(error.message, line);
    assert.equal(said.length, 1);
    await settle();
    assert.equal(kafka.closed, kafka.links, "no connection is left open");
  }
});
