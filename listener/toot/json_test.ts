import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonText, parseDigits, parseJson } from "./json.ts";

fc.configureGlobal({ seed: 1 });

Deno.test("integers beyond 2^53 keep their digits, and everything else is plain JSON", () => {
  fc.assert(fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }), (id) => {
    assert.deepEqual(parseJson(`{"id":${id},"a":[${id}]}`), { id: `${id}`, a: [`${id}`] });
  }));
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);
    fc.pre(!/\d{16}/.test(text));
    assert.deepEqual(parseJson(text), JSON.parse(text));
  }));
  assert.deepEqual(parseJson('{"text": "id: 116000000000000001", "n": 1e300}'), {
    text: "id: 116000000000000001",
    n: 1e300,
  });
  assert.deepEqual(parseJson('[{"id":"1"},null,{"id": 116000000000000001}]'), [
    { id: "1" },
    null,
    { id: "116000000000000001" },
  ]);
  for (const parse of [parseDigits, parseJson]) {
    assert.deepEqual(parse('{"payload":{"id":116000000000000001}}'), {
      payload: { id: "116000000000000001" },
    });
  }
  assert.deepEqual(parseJson('{"0":{"id":7},"2":{"id":116000000000000001}}'), {
    "0": { id: 7 },
    "2": { id: "116000000000000001" },
  });
  assert.throws(() => parseJson('{"id": 116000000000000001'), SyntaxError);
});

Deno.test("deep nesting of any kind is refused", () => {
  const nested = (opening: string, closing: string, depth: number) =>
    opening.repeat(depth) + "1" + closing.repeat(depth);
  for (const [opening, closing] of [["[", "]"], ['{"0":', "}"], ['{"a":[', "]}"]] as const) {
    for (const id of ["", '"id":116000000000000001,']) {
      const text = (depth: number) => `{${id}"x":${nested(opening, closing, depth)}}`;
      assert.throws(() => parseJson(text(100_000)), /deeper than 64 levels/);
      assert.equal(typeof parseJson(text(20)), "object");
    }
  }
  const quoted = JSON.stringify({ id: "1", text: "[{".repeat(50_000) + '\\"[[[' });
  assert.deepEqual(parseJson(quoted), JSON.parse(quoted), "brackets in texts are no nesting");
  assert.equal(jsonText(JSON.parse(nested('{"0":', "}", 100_000))), null);
});
