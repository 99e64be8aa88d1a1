import assert from "node:assert/strict";
import { createBackoff, retry, type RetryOptions, RetryTimeout } from "./retry.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

function setUp(options: Partial<RetryOptions> = {}) {
  const clock = createFakeClock();
  const messages: string[] = [];
  const attempts: number[] = [];
  const all: RetryOptions = {
    describe: (error) => `the broker does not answer (${(error as Error).message})`,
    recovered: "the broker answers again",
    notify: (message) => messages.push(message),
    ...{ clock, random: () => 1, base: 500, cap: 15_000, ...options },
  };
  const failUntil = (milliseconds: number) => () => {
    attempts.push(clock.monotonic());
    return clock.monotonic() < milliseconds
      ? Promise.reject(new Error("refused"))
      : Promise.resolve("there");
  };
  const waits = () => attempts.slice(1).map((at, i) => at - attempts[i]!);
  return { clock, messages, attempts, options: all, failUntil, waits };
}

Deno.test("waits grow to the cap, and the jitter spreads them over the whole wait", () => {
  const most = createBackoff({ base: 500, cap: 15_000, random: () => 1 });
  assert.deepEqual(Array.from({ length: 6 }, most.next), [500, 1_000, 2_000, 4_000, 8_000, 15_000]);
  for (let i = 0; i < 2_000; i++) most.next();
  assert.equal(most.next(), 15_000);
  most.reset();
  assert.equal(most.next(), 500);
  assert.equal(createBackoff({ random: () => 0 }).next(), 0);
});

Deno.test("an outage is reported at once, then once a minute, and when it is over", async () => {
  const { clock, messages, options, failUntil, waits } = setUp();
  const done = retry(failUntil(200_000), options);
  await clock.advanceAsync(250_000);
  assert.equal(await done, "there");
  assert.deepEqual(waits().slice(0, 7), [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  assert.equal(messages.length, 5, messages.join("\n"));
  assert.equal(messages[0], "the broker does not answer (refused); retrying, nothing is lost");
  assert.match(messages.at(-1)!, /^the broker answers again after 2\d\d s$/);
  assert.equal(clock.pending, 0);
});

Deno.test("work that succeeds at once reports nothing", async () => {
  const { messages, options, failUntil } = setUp();
  assert.equal(await retry(failUntil(0), options), "there");
  assert.deepEqual(messages, []);
});

Deno.test("an error that is not retryable is thrown at once", async () => {
  const { attempts, messages, options, failUntil } = setUp({ retryable: () => false });
  await assert.rejects(retry(failUntil(1), options), /refused/);
  assert.equal(attempts.length, 1);
  assert.deepEqual(messages, []);
});

Deno.test("a signal ends the wait, and the last error is thrown", async () => {
  const stop = new AbortController();
  const { clock, options, failUntil } = setUp({ signal: stop.signal });
  const done = retry(failUntil(Infinity), options);
  done.catch(() => {});
  await clock.advanceAsync(60_000);
  stop.abort();
  await assert.rejects(done, /refused/);
  assert.equal(clock.pending, 0);
});

Deno.test("a deadline ends the retries between attempts and during one", async () => {
  for (const hanging of [false, true]) {
    const { clock, options, failUntil } = setUp({ within: 20_000 });
    const work = hanging ? () => new Promise<string>(() => {}) : failUntil(Infinity);
    const done = retry(work, options);
    done.catch(() => {});
    await clock.advanceAsync(19_999);
    assert.equal(await Promise.race([done, Promise.resolve("waiting")]), "waiting");
    await clock.advanceAsync(1);
    await assert.rejects(done, (error) => {
      assert.ok(error instanceof RetryTimeout);
      assert.match(String(error.cause), hanging ? /no answer/ : /refused/);
      return true;
    });
    assert.equal(clock.pending, 0);
  }
});

Deno.test("if all attempts fail, the error of the last one is thrown", async () => {
  const { clock, attempts, options, failUntil } = setUp({ attempts: 3 });
  const done = assert.rejects(retry(failUntil(200_000), options), /^Error: refused$/);
  await clock.advanceAsync(250_000);
  await done;
  assert.equal(attempts.length, 3);
});
