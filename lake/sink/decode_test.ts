import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { avroType, DELETION_RECORD } from "../../record/avro.ts";
import { RegistryAway } from "../../kafka/registry.ts";
import { openDecoder } from "./decode.ts";

const deletion = { base_url: "https://a.example", status_id: "1", deleted_at: 5 };

function message(id: number, payload: ArrayLike<number>): Buffer {
  const bytes = new Uint8Array(5 + payload.length);
  new DataView(bytes.buffer).setInt32(1, id);
  bytes.set(payload, 5);
  return Buffer.from(bytes);
}

const registry = (types: Record<number, string>, asked: number[] = []) => ({
  writer(id: number) {
    asked.push(id);
    const schema = types[id];
    return Promise.resolve(schema === undefined ? null : avroType(schema));
  },
});

Deno.test("a message becomes a row, and its schema is fetched once", async () => {
  const asked: number[] = [];
  const decoder = openDecoder("deletion", registry({ 7: DELETION_RECORD.schema }, asked));
  const value = message(7, DELETION_RECORD.type.toBuffer(deletion));
  await decoder.learn([value, null, value]);
  await decoder.learn([value]);
  assert.deepEqual(asked, [7]);
  const decoded = decoder.decode(value);
  assert.ok("row" in decoded);
  assert.deepEqual({ ...decoded.row }, deletion);
});

Deno.test("an unreadable message gives the reason", async () => {
  const other = `{"type":"record","name":"Other","fields":[{"name":"n","type":"int"}]}`;
  const decoder = openDecoder("deletion", registry({ 7: DELETION_RECORD.schema, 8: other }));
  const whole = DELETION_RECORD.type.toBuffer(deletion);
  for (
    const [value, why] of [
      [Buffer.from(""), /^too short: 0 bytes$/],
      [Buffer.from("hello"), /^not Avro: the first byte is 104, not 0$/],
      [message(999_999, [1]), /^the registry has no Avro schema 999999$/],
      [message(8, [1]), /^schema 8 is not a schema of a deletion: /],
      [message(7, whole.subarray(0, 9)), /^schema 7: truncated buffer$/],
      [message(7, [...whole, 1]), /^schema 7: trailing data$/],
    ] as const
  ) {
    await decoder.learn([value]);
    const decoded = decoder.decode(value);
    assert.ok("unreadable" in decoded, String(why));
    assert.match(decoded.unreadable, why);
  }
});

Deno.test("a missing schema is fetched again, and a known one is kept", async () => {
  const types: Record<number, string> = {};
  const decoder = openDecoder("deletion", registry(types));
  const value = message(7, DELETION_RECORD.type.toBuffer(deletion));
  await decoder.learn([value]);
  assert.ok("unreadable" in decoder.decode(value));
  types[7] = DELETION_RECORD.schema;
  await decoder.learn([value]);
  assert.ok("row" in decoder.decode(value));
});

Deno.test("an unreachable registry does not make a message unreadable", async () => {
  const decoder = openDecoder("toot", {
    writer: () => Promise.reject(new RegistryAway("gone")),
  });
  await assert.rejects(decoder.learn([message(7, [1])]), RegistryAway);
});
