import assert from "node:assert/strict";
import { endWithin, stopOnSignals } from "./stop.ts";
import { createFakeClock, settle } from "./testing/fake-clock.ts";

function signals() {
  const handlers = new Map<string, () => void>();
  const events: unknown[] = [];
  const clock = { now: 0 };
  stopOnSignals((signal) => events.push(signal), {
    listen: (signal, handler) => handlers.set(signal, handler),
    exit: (code) => {
      events.push(code);
      return undefined as never;
    },
    monotonic: () => clock.now,
    beforeExit: () => events.push("children ended"),
  });
  return { handlers, events, clock };
}

Deno.test("the first signal stops, the second one exits at once with 130", () => {
  const { handlers, events } = signals();
  assert.deepEqual(
    [...handlers.keys()],
    Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"],
  );
  const [first, second] = [...handlers.values()];
  first!();
  assert.deepEqual(events, ["SIGINT"]);
  second!();
  assert.deepEqual(events, ["SIGINT", "children ended", 130]);
});

Deno.test("one Ctrl-C that arrives twice is one signal", () => {
  const { handlers, events, clock } = signals();
  const press = handlers.get("SIGINT")!;
  press();
  clock.now = 1;
  press();
  assert.deepEqual(events, ["SIGINT"]);
  clock.now = 2_000;
  press();
  assert.deepEqual(events, ["SIGINT", "children ended", 130]);
});

const what = { late: "the work", then: "it goes on later" };

Deno.test("a run that hangs ends within 20 seconds of the signal, and no earlier", async () => {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const ended = endWithin(new Promise(() => {}), stopping.signal, what, clock)
    .then(() => "well", (error) => error.message);
  let outcome: string | null = null;
  void ended.then((message) => outcome = message);
  await clock.advanceAsync(3_600_000);
  assert.equal(outcome, null, "while it runs nobody is in a hurry");
  stopping.abort();
  await clock.advanceAsync(17_000);
  await settle();
  assert.equal(outcome, null);
  await clock.advanceAsync(2_000);
  await settle();
  assert.match(String(outcome), /^the work did not end within 18 s; it goes on later$/);
});

Deno.test("a run that ends in time keeps its own result", async () => {
  const clock = createFakeClock();
  assert.equal(await endWithin(Promise.resolve(7), AbortSignal.abort(), what, clock), 7);
  await assert.rejects(
    endWithin(Promise.reject(new Error("x")), AbortSignal.abort(), what, clock),
    /x/,
  );
  assert.equal(clock.pending, 0);
});
