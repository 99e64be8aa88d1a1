import assert from "node:assert/strict";
import { stopOnSignals } from "./stop.ts";

function signals() {
  const handlers = new Map<string, () => void>();
  const said: unknown[] = [];
  const clock = { now: 0 };
  stopOnSignals((signal) => said.push(signal), {
    listen: (signal, handler) => handlers.set(signal, handler),
    exit: (code) => {
      said.push(code);
      return undefined as never;
    },
    now: () => clock.now,
  });
  return { handlers, said, clock };
}

Deno.test("the first signal stops, the second one leaves at once with 130", () => {
  const { handlers, said } = signals();
  assert.ok(handlers.has("SIGINT"));
  if (Deno.build.os !== "windows") assert.ok(handlers.has("SIGTERM"));
  const [first, second] = [...handlers.values()];
  first!();
  assert.deepEqual(said, ["SIGINT"]);
  second!();
  assert.deepEqual(said, ["SIGINT", 130]);
});

Deno.test("one Ctrl-C that arrives twice is one signal", () => {
  const { handlers, said, clock } = signals();
  const press = handlers.get("SIGINT")!;
  press();
  clock.now = 1;
  press();
  assert.deepEqual(said, ["SIGINT"]);
  clock.now = 2_000;
  press();
  assert.deepEqual(said, ["SIGINT", 130]);
});
