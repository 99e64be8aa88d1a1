import assert from "node:assert/strict";
import { stopOnSignals } from "./stop.ts";

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
