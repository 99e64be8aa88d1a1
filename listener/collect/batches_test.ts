import assert from "node:assert/strict";
import type { Toot } from "../../record/record.ts";
import { createBatches } from "./batches.ts";
import type { Batch } from "../sinks/sink.ts";
import { createFakeClock } from "../../common/testing/fake-clock.ts";

const toot = { uri: "https://bread.example/1" } as Toot;
const deletion = { base_url: "https://bread.example", status_id: "1", deleted_at: 0 };

/** Resolves after all promises that wait only for other promises. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("a batch is sent when it is full", async () => {
  const sent: Batch[] = [];
  const batches = createBatches((batch) => Promise.resolve(void sent.push(batch)), () => {}, {
    rows: 3,
    clock: createFakeClock(),
  });
  batches.toot(toot);
  batches.deletion(deletion);
  assert.equal(batches.room(), undefined);
  assert.equal(sent.length, 0);
  batches.toot(toot);
  await batches.room();
  assert.deepEqual(sent, [{ seq: 1, toots: [toot, toot], deletions: [deletion], coverage: [] }]);
});

Deno.test("a batch is sent when it is old, so that a quiet stream is stored too", async () => {
  const clock = createFakeClock();
  const sent: Batch[] = [];
  const batches = createBatches((batch) => Promise.resolve(void sent.push(batch)), () => {}, {
    clock,
    age: 250,
  });
  batches.toot(toot);
  clock.advance(249);
  assert.equal(sent.length, 0);
  clock.advance(1);
  assert.equal(sent.length, 1);
  await settled();
  clock.advance(10_000);
  assert.equal(sent.length, 1, "nothing is sent where there is nothing");
  assert.equal(batches.seq, 1);
});

Deno.test("with one batch being sent and the next full, adding waits", async () => {
  const clock = createFakeClock();
  const sent: { batch: Batch; done: () => void }[] = [];
  const batches = createBatches(
    (batch) => new Promise((resolve) => void sent.push({ batch, done: resolve })),
    () => {},
    { rows: 2, clock },
  );
  const add = () => {
    batches.toot(toot);
    batches.toot(toot);
    return batches.room();
  };
  await add();
  assert.equal(sent.length, 1, "on its way");
  let room = false;
  const wait = add()!.then(() => room = true);
  clock.advance(1_000);
  await settled();
  assert.ok(!room, "full");
  assert.equal(sent.length, 1, "never two at once");
  assert.equal(batches.waiting, 2);
  sent[0]!.done();
  await wait;
  assert.deepEqual(sent.map(({ batch }) => batch.seq), [1, 2]);
  sent[1]!.done();
  await batches.drain();
  assert.equal(batches.waiting, 0);
});

Deno.test("an error in sending is thrown at once, to every waiting caller", async () => {
  const broken = new Error("disk full");
  const told: unknown[] = [];
  const clock = createFakeClock();
  const batches = createBatches(() => Promise.reject(broken), (error) => told.push(error), {
    rows: 2,
    clock,
  });
  batches.toot(toot);
  clock.advance(250);
  await settled();
  assert.deepEqual(told, [broken]);
  await assert.rejects(async () => await batches.room(), broken);
  batches.toot(toot);
  await assert.rejects(batches.drain(), broken);
});
