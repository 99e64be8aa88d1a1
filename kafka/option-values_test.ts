import assert from "node:assert/strict";
import { parseBrokers } from "./option-values.ts";

Deno.test("brokers are hosts with or without a port, several with commas", () => {
  assert.deepEqual(parseBrokers("localhost"), ["localhost:9092"]);
  assert.deepEqual(parseBrokers("[::1]:9093, a.example:1"), ["[::1]:9093", "a.example:1"]);
  for (const text of ["", "a:b", "a:0", "a:65536", "http://a", "a,,b", "a b"]) {
    assert.throws(() => parseBrokers(text), /expected HOST\[:PORT\]/, text);
  }
});
