import assert from "node:assert/strict";
import fc from "fast-check";
import { parseId, snowflake, ulid } from "./ids.ts";

fc.configureGlobal({ seed: 1 });

const parts = fc.record({
  time: fc.integer({ min: Date.UTC(2016, 0), max: Date.UTC(2040, 0) }),
  sequence: fc.integer({ min: 0, max: 65_535 }),
});

Deno.test("ids: snowflakes and ULIDs keep their parts, also beyond 2^53", () => {
  fc.assert(fc.property(parts, ({ time, sequence }) => {
    assert.deepEqual(parseId(snowflake(time, sequence)), { time, sequence });
    assert.deepEqual(parseId(ulid(time, sequence)), { time, sequence });
    assert.ok(BigInt(snowflake(time, sequence)) > 2n ** 53n);
    assert.match(ulid(time, sequence), /^[0-9A-HJKMNP-TV-Z]{26}$/);
  }));
});

Deno.test("ids: sort as their parts do, snowflakes as numbers and ULIDs as text", () => {
  fc.assert(fc.property(parts, parts, (a, b) => {
    const before = (a.time - b.time || a.sequence - b.sequence) < 0;
    assert.equal(
      BigInt(snowflake(a.time, a.sequence)) < BigInt(snowflake(b.time, b.sequence)),
      before,
    );
    assert.equal(ulid(a.time, a.sequence) < ulid(b.time, b.sequence), before);
  }));
});

Deno.test("ids: an invalid id counts as 0", () => {
  for (const text of ["", "abc", "-5", "０"]) {
    assert.deepEqual(parseId(text), { time: 0, sequence: 0 });
  }
});
