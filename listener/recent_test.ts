import assert from "node:assert/strict";
import fc from "fast-check";
import { createRecent } from "./recent.ts";

fc.configureGlobal({ seed: 1 });

Deno.test("the most recent keys are remembered, in bounded memory", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }),
      (size, keys) => {
        const recent = createRecent<number>(size);
        const seen: number[] = []; // The keys without repetitions, the newest last.
        for (const key of keys) {
          const value = recent.get(String(key));
          const isNew = value === undefined;
          if (isNew) recent.set(String(key), key);
          else assert.equal(value, key);
          const at = seen.lastIndexOf(key);
          const age = at < 0 ? Infinity : seen.length - at;
          if (age <= size) assert.ok(!isNew, `${key} is among the last ${size}`);
          if (age > 2 * size) assert.ok(isNew, `${key} is long gone`);
          if (at >= 0) seen.splice(at, 1);
          seen.push(key);
        }
      },
    ),
  );
});
