import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "./json.ts";

fc.configureGlobal({ seed: 1 });

Deno.test("whole numbers beyond 2^53 keep their digits, all else is JSON", () => {
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
  assert.throws(() => parseJson('{"id": 116000000000000001'), SyntaxError);
});
