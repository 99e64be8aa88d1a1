import assert from "node:assert/strict";
import fc from "fast-check";
import { canPage, compareIds, idAt, idTime } from "./status-id.ts";

fc.configureGlobal({ seed: 1 });

const SOME_TIME = Date.UTC(2026, 1, 3, 4, 5, 6, 789);

Deno.test("numbers beyond 2^53 are compared by all of their digits", () => {
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n), fc.bigInt(0n, 2n ** 64n), (a, b) => {
    const sign = Math.sign(compareIds(String(a), String(b)));
    assert.equal(sign, a < b ? -1 : a > b ? 1 : 0);
  }));
  assert.ok(compareIds("113998801391516277", "113998801391516278") < 0);
  assert.ok(compareIds("9", "10") < 0);
});

Deno.test("ids of one length are compared by their characters", () => {
  assert.ok(compareIds("01HZ0000000000000000000001", "01HZ0000000000000000000002") < 0);
  assert.ok(compareIds("AjzzAAAAAAAAAAAAAA", "Ak00AAAAAAAAAAAAAA") < 0);
  assert.ok(compareIds("9abc123456", "9012345678") > 0, "one may be all digits by chance");
});

Deno.test("ids of two kinds are compared by their times", () => {
  const sample = { id: String(BigInt(SOME_TIME) << 16n), createdAt: SOME_TIME };
  const ulid = "01HZ0000000000000000000000";
  assert.ok(idTime(ulid)! < SOME_TIME);
  assert.ok(compareIds(ulid, sample.id) < 0);
  assert.ok(compareIds(sample.id, ulid) > 0);
});

Deno.test("the time of an id, and the id of a time, for each kind that has one", () => {
  const snowflake = String((BigInt(SOME_TIME) << 16n) + 4711n);
  assert.equal(idTime(snowflake), SOME_TIME);
  const kinds = [snowflake, "01KGGQ9VRN0000000000000001", "B2sWsRsxzIXaZ6bI9Y"];
  for (const id of kinds) {
    const time = idTime(id);
    assert.ok(time !== null && Math.abs(time - SOME_TIME) < 400 * 86_400_000, `${id} ${time}`);
    for (const later of [1, 86_400_000]) {
      const made: string = idAt({ id, createdAt: time }, time + later)!;
      assert.equal(made.length, id.length);
      assert.equal(idTime(made), time + later);
      assert.ok(compareIds(made, id) > 0);
      assert.ok(compareIds(idAt({ id, createdAt: time }, time)!, id) <= 0);
    }
  }
});

Deno.test("no id is computed for a time if the kind of id is unknown or its times differ", () => {
  assert.equal(idTime("9abc123456"), null);
  assert.equal(idTime("42"), null);
  assert.equal(idTime("703416461416697856"), null, "Pixelfed");
  assert.equal(idAt({ id: "9abc123456", createdAt: SOME_TIME }, SOME_TIME), null);
  const other = { id: String(BigInt(SOME_TIME) << 16n), createdAt: SOME_TIME - 200 * 86_400_000 };
  assert.equal(idAt(other, SOME_TIME), null);
});

Deno.test("an id is a cursor only if a server accepts it in a request", () => {
  for (
    const id of ["1", "9223372036854775807", "01HZ0000000000000000000000", "AbCdEf012345678901"]
  ) {
    assert.equal(canPage(id), true, id);
  }
  for (const id of ["", "9223372036854775808", "10000000000000000000", "a:b", "1".repeat(65)]) {
    assert.equal(canPage(id), false, id);
  }
});
