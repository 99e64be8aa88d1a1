import assert from "node:assert/strict";
import { stopOnSignals } from "./stop.ts";

Deno.test("the first signal stops, the second one leaves at once with 130", () => {
  const handlers = new Map<string, () => void>();
  const said: unknown[] = [];
  stopOnSignals((signal) => said.push(signal), {
    listen: (signal, handler) => handlers.set(signal, handler),
    exit: (code) => {
      said.push(code);
      return undefined as never;
    },
  });
  assert.ok(handlers.has("SIGINT"));
  if (Deno.build.os !== "windows") assert.ok(handlers.has("SIGTERM"));
  const [first, second] = [...handlers.values()];
  first!();
  assert.deepEqual(said, ["SIGINT"]);
  second!();
  assert.deepEqual(said, ["SIGINT", 130]);
});
