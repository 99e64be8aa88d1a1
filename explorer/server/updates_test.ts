import assert from "node:assert/strict";
import { openUpdates } from "./updates.ts";

Deno.test("a page that does not read is disconnected, and the others get every update", async () => {
  let told = 0;
  const enough = Promise.withResolvers<void>();
  const updates = openUpdates({
    // deno-lint-ignore require-await -- the interface declares a promise
    about: async () => {
      if (++told === 30) enough.resolve();
      return told;
    },
    refresh: () => Promise.resolve(true),
    every: 0,
    warn: (message) => assert.fail(message),
  });
  const asleep = updates.stream().body!.getReader();
  const awake = updates.stream();
  let seen = "";
  const reading = (async () => {
    for await (const chunk of awake.body!) seen += new TextDecoder().decode(chunk);
  })();
  await enough.promise;
  await updates.close();
  await reading;
  assert.match(seen, /data: 29\n/);
  await assert.rejects(async () => {
    for (let read = 0; read <= 30; read++) await asleep.read();
  }, /does not read/);
});
