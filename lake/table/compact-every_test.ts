import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { createFakeClock } from "../../common/testing/fake-clock.ts";
import { compactEvery } from "./compact-every.ts";

Deno.test("--every compacts repeatedly, reports a failure, and ends on the signal", async () => {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const messages: string[] = [];
  let runs = 0;
  const done = compactEvery(
    () => ++runs === 2 ? Promise.reject(new Failure("busy")) : Promise.resolve(),
    { every: 60_000, signal: stopping.signal, notify: (line) => messages.push(line), clock },
  );
  await clock.advanceAsync(60_000);
  await clock.advanceAsync(60_000);
  assert.equal(runs, 3);
  assert.deepEqual(messages, ["busy; the next attempt follows in 60 s"]);
  stopping.abort();
  await done;
});

Deno.test("a usage error ends --every", async () => {
  const work = () => Promise.reject(new Failure("not a lake", { exitCode: 2 }));
  const { signal } = new AbortController();
  await assert.rejects(compactEvery(work, { every: 1, signal, notify: () => {} }), /not a lake/);
});
