import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { createFakeClock } from "../../common/testing/fake-clock.ts";
import { retryStore } from "./retry-store.ts";
import { Unreachable } from "./failures.ts";

Deno.test("an unreachable object store is retried and reported", async () => {
  const clock = createFakeClock();
  const messages: string[] = [];
  const until = clock.now() + 200_000;
  const work = () =>
    clock.now() < until ? Promise.reject(new Unreachable("s3:9000", "")) : Promise.resolve(7);
  const notify = (message: string) => messages.push(message);
  const done = retryStore(work, { clock, notify, random: () => 1 });
  await clock.advanceAsync(215_000);
  assert.equal(await done, 7);
  assert.equal(messages.length, 5, messages.join("\n"));
  assert.match(messages[0]!, /s3:9000 does not answer.*retrying/);
  assert.match(messages.at(-1)!, /answers again/);
});

Deno.test("every other failure is thrown at once", async () => {
  const work = () => Promise.reject(new Failure("no such bucket"));
  await assert.rejects(retryStore(work), /no such bucket/);
});
