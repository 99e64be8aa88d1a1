import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import Encoder from "kafkajs/src/protocol/encoder.js";
import Record from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import type { KafkaEncoder, KafkaEncoderClass } from "./encoder.ts";

const kafka = Encoder as unknown as KafkaEncoderClass;
const { writeUVarInt, writeVarLong } = kafka.prototype;
const own = { writeUVarInt, writeVarLong };
const ownSize = kafka.sizeOfVarLong.bind(kafka);
const before = someRecords();
await import("./encoder.ts");

/**
 * Makes the records of a record batch, with keys and values of all sizes, headers and negative
 * times.
 */
function someRecords(): number[] {
  const record = Record as unknown as (message: object) => KafkaEncoder;
  const records = [0, 1, 63, 64, 500, 511, 512, 20_000].flatMap((size, i) => [
    record({ key: "k".repeat(size), value: Buffer.alloc(size, i), offsetDelta: i }),
    record({ key: Buffer.from("é"), value: "text", timestampDelta: -i * 1e9, offsetDelta: 127 }),
    record({ key: null, value: null, headers: { reason: "none", many: ["a", "b"] } }),
  ]);
  return bytes((encoder) => void encoder.writeEncoderArray(records));
}

const NUMBERS = [
  0,
  1,
  63,
  64,
  127,
  128,
  8_191,
  8_192,
  2 ** 20,
  2 ** 27,
  2 ** 30 - 1,
  2 ** 30,
  2 ** 31 - 1,
];

function bytes(write: (encoder: KafkaEncoder) => void): number[] {
  const encoder = new kafka();
  write(encoder);
  return [...encoder.buf.subarray(0, encoder.offset)];
}

Deno.test("numbers are encoded to the same bytes as by kafkajs", () => {
  for (const number of NUMBERS.flatMap((n) => [n, -n])) {
    assert.deepEqual(
      bytes((encoder) => encoder.writeUVarInt(number)),
      bytes((encoder) => own.writeUVarInt.call(encoder, number)),
      `writeUVarInt ${number}`,
    );
    assert.deepEqual(
      bytes((encoder) => encoder.writeVarLong(number)),
      bytes((encoder) => own.writeVarLong.call(encoder, number)),
      `writeVarLong ${number}`,
    );
    assert.equal(kafka.sizeOfVarLong(number), ownSize(number), `sizeOfVarLong ${number}`);
  }
  for (const large of [2 ** 40, -(2 ** 40), 1_769_934_600_000]) {
    assert.deepEqual(
      bytes((encoder) => encoder.writeVarLong(large)),
      bytes((encoder) => own.writeVarLong.call(encoder, large)),
    );
    assert.equal(kafka.sizeOfVarLong(large), ownSize(large));
  }
});

Deno.test("records are encoded to the same bytes as by kafkajs", () => {
  assert.ok(before.length > 40_000);
  assert.deepEqual(someRecords(), before);
});

Deno.test("a full encoder grows", () => {
  const written = bytes((encoder) => {
    for (let i = 0; i < 1_000; i++) encoder.writeUVarInt(2 ** 28);
  });
  assert.equal(written.length, 5_000);
});
