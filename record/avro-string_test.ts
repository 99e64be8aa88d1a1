import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import avro from "avsc";
import fc from "fast-check";
import { onePassString } from "./avro-string.ts";

fc.configureGlobal({ seed: 1 });

const hex = (bytes: { toString(encoding: "hex"): string }) => bytes.toString("hex");
const stock = avro.Type.forSchema("string");

Deno.test("strings are encoded to the same bytes as by avsc", () => {
  const texts = ["", "a", "é", "早", "🥖", "a\0b", "ä".repeat(40)];
  for (const length of [63, 64, 65, 2_730, 2_731, 4_096, 8_191, 8_192, 21_845, 349_525, 349_526]) {
    texts.push("a".repeat(length), "a".repeat(length - 1) + "é", "早".repeat(length));
  }
  for (const text of texts) {
    const [ours, theirs] = [onePassString, stock].map((type) => {
      // The buffer has room to spare, like a buffer for many records.
      const bytes = Buffer.alloc(text.length * 3 + 10);
      return hex(bytes.subarray(0, type.encode(text, bytes, 0)));
    });
    assert.ok(ours === theirs, `${text.length} letters`);
    assert.ok(hex(onePassString.toBuffer(text)) === theirs, `${text.length} letters, no room`);
  }
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
    assert.equal(hex(onePassString.toBuffer(text)), hex(stock.toBuffer(text)));
  }));
});

Deno.test("if the buffer is too small, the number of missing bytes is returned", () => {
  for (const text of ["abc", "é".repeat(50), "a".repeat(100), "早".repeat(3_000)]) {
    const { length } = stock.toBuffer(text);
    for (const room of [0, 1, length - 1, length, length + 1, length * 3]) {
      const [one, other] = [Buffer.alloc(room), Buffer.alloc(room)];
      const at = onePassString.encode(text, one, 0);
      assert.equal(at, stock.encode(text, other, 0), `${text.length} letters into ${room} bytes`);
      if (at > 0) assert.deepEqual(one.subarray(0, at), other.subarray(0, at));
    }
  }
});

Deno.test("a value that is not a string is refused", () => {
  for (const value of [1, null, undefined, {}]) {
    assert.throws(() => onePassString.toBuffer(value), /invalid "string"/);
  }
});
