import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type PumpOptions, startPump } from "./pump.ts";
import { type Message, messageQueue } from "./queue.ts";
import { createFakeClock, settle } from "../../../common/testing/fake-clock.ts";
import { fakeBroker } from "./testing/broker.ts";

const message = (key: string, bytes = 1): Message => ({
  ...{ topic: "t", key, timestamp: "0" },
  value: Buffer.alloc(bytes),
});

function start(options: Partial<PumpOptions> = {}) {
  const clock = createFakeClock();
  const kafka = fakeBroker();
  const queue = messageQueue();
  const durable: number[] = [];
  const said: string[] = [];
  const unfit: string[] = [];
  const pump = startPump({
    queue,
    connect: kafka.connect,
    count: 3,
    bytes: 500,
    linger: 0,
    clock,
    random: () => 1,
    onDurable: (seq) => durable.push(seq),
    onSent: () => {},
    onUnfit: ({ key }) => unfit.push(key),
    notify: (text) => said.push(text),
    ...options,
  });
  let seq = 0;
  const push = (...messages: Message[]) => {
    queue.push(++seq, messages);
    pump.wake();
  };
  return { clock, kafka, queue, pump, push, durable, said, unfit };
}

const away = () => new Error("Connection error: connect ECONNREFUSED");

Deno.test("messages are sent in order, in requests of limited size, and batches become durable", async () => {
  const { kafka, pump, push, durable } = start();
  push(message("a"), message("b"));
  push(message("c"), message("d"));
  push(message("e"));
  await settle();
  assert.deepEqual(kafka.taken, [["a", "b", "c"], ["d", "e"]]);
  assert.deepEqual(durable, [1, 3]);
  assert.equal(kafka.links, 1);
  await pump.stop();
  assert.equal(kafka.closed, 1);
});

Deno.test("a request has no more bytes than the topic allows", async () => {
  const { kafka, pump, push } = start({ count: 100, bytes: 10_000 });
  push(message("a", 600), message("b", 600), message("c", 5_000), message("d", 100));
  await settle();
  assert.deepEqual(kafka.taken, [["a"], ["b"], ["c"], ["d"]]);
  await pump.stop();
});

Deno.test("a message waits for others to share its request, but not for long", async () => {
  const { kafka, pump, push, clock } = start({ linger: 50 });
  push(message("a"));
  await settle();
  await clock.advanceAsync(49);
  assert.deepEqual(kafka.taken, []);
  push(message("b"));
  await clock.advanceAsync(1);
  assert.deepEqual(kafka.taken, [["a", "b"]]);
  push(message("c"), message("d"), message("e"));
  await settle();
  assert.equal(kafka.taken.length, 2, "three are company enough");
  push(message("f"));
  await settle();
  pump.hurry();
  await settle();
  assert.deepEqual(kafka.taken.at(-1), ["f"]);
  await pump.stop();
});

Deno.test("during a broker outage nothing is lost, reordered or reported durable", async () => {
  const { kafka, pump, push, durable, said, clock } = start();
  push(message("a"));
  await settle();
  kafka.fail(away);
  kafka.refuse(away());
  push(message("b"), message("c"));
  push(message("d"), message("e"));
  await settle();
  await clock.advanceAsync(600_000);
  assert.deepEqual(durable, [1]);
  assert.equal(pump.away?.since, Date.UTC(2026, 1, 1, 12));
  assert.match(pump.away!.reason, /ECONNREFUSED/);
  assert.equal(said.length, 10, "once a minute");
  kafka.fail(null);
  kafka.refuse(null);
  await clock.advanceAsync(10_000);
  assert.deepEqual(kafka.taken, [["a"], ["b", "c", "d"], ["e"]]);
  assert.deepEqual(durable, [1, 2, 3]);
  assert.equal(pump.away, null);
  assert.match(said.at(-1)!, /takes messages again after 60\d s/);
  await pump.stop();
});

Deno.test("waits grow only to five seconds, so that a returning broker is found soon", async () => {
  const tries: number[] = [];
  const clock = createFakeClock();
  const { pump, push } = start({
    clock,
    connect() {
      tries.push(clock.now());
      return Promise.reject(away());
    },
  });
  push(message("a"));
  await settle();
  await clock.advanceAsync(60_000);
  const waits = tries.slice(1).map((at, i) => at - tries[i]!);
  assert.deepEqual(waits.slice(0, 6), [250, 500, 1_000, 2_000, 4_000, 5_000]);
  assert.ok(waits.slice(6).every((wait) => wait === 5_000));
  await pump.stop();
});

Deno.test("after a failure a new producer is created", async () => {
  const { kafka, pump, push, clock } = start();
  let faults = 0;
  kafka.fail(() => faults++ === 0 ? new Error("out of order sequence number") : null);
  push(message("a"), message("b"));
  await settle();
  await clock.advanceAsync(1_000);
  assert.deepEqual(kafka.taken, [["a", "b"]]);
  assert.equal(kafka.links, 2);
  assert.equal(kafka.closed, 1);
  await pump.stop();
});

Deno.test("a producer that never answers is abandoned", async () => {
  const { kafka, pump, push, said, clock } = start();
  let faults = 0;
  kafka.fail(() => faults++ === 0 ? "silent" : null);
  push(message("a"));
  await settle();
  await clock.advanceAsync(59_000);
  assert.equal(kafka.taken.length, 0);
  await clock.advanceAsync(2_000);
  assert.deepEqual(kafka.taken, [["a"]]);
  assert.match(said[0]!, /no answer within 60 s/);
  await pump.stop();
});

Deno.test("a request that is too large is split; a single message that is too large is skipped", async () => {
  let acknowledged = 0;
  const onSent = (sent: { messages: number }) => acknowledged += sent.messages;
  const { kafka, pump, push, durable, unfit } = start({ count: 100, onSent });
  kafka.fail((messages) => {
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    return bytes > 150
      ? Object.assign(new Error("too large"), { type: "MESSAGE_TOO_LARGE" })
      : null;
  });
  push(message("a", 60), message("b", 60), message("c", 60), message("d", 300), message("e", 60));
  await settle();
  await settle();
  assert.deepEqual(kafka.taken.flat(), ["a", "b", "c", "e"]);
  assert.deepEqual(unfit, ["d"]);
  assert.equal(acknowledged, 4, "what is left out is not acknowledged");
  assert.deepEqual(durable, [1]);
  assert.equal(kafka.links, 1, "the producer is as good as before");
  await pump.stop();
});

Deno.test("the pump stops even with queued messages and an unreachable broker", async () => {
  const { kafka, queue, pump, push } = start();
  kafka.refuse(away());
  push(message("a"));
  await settle();
  await pump.stop();
  assert.equal(queue.length, 1);
});
