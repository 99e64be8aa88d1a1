import assert from "node:assert/strict";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { DELETION_RECORD } from "../../record/avro.ts";
import { unframe } from "../../kafka/wire.ts";
import { messageEncoder } from "./avro.ts";

const deletion = (status_id: string) => ({
  base_url: "https://a.example",
  status_id,
  deleted_at: 1,
});

Deno.test("encoded messages keep their bytes, in any number and size", () => {
  const { type } = DELETION_RECORD;
  const encode = messageEncoder(type, 0x01020304);
  const ids = Array.from({ length: 3_000 }, (_, i) => "x".repeat(i % 700 === 0 ? 200_000 : i % 97));
  const messages = ids.map((id) => encode(deletion(id)));
  for (const [i, message] of messages.entries()) {
    const framed = unframe(message);
    assert.ok(typeof framed !== "string");
    assert.equal(framed.schemaId, 0x01020304);
    assert.equal(type.fromBuffer(framed.payload).status_id, ids[i]);
  }
});

Deno.test("a record that cannot be encoded does not affect the others", () => {
  const { type } = DELETION_RECORD;
  const encode = messageEncoder(type, 7);
  const before = encode(deletion("before"));
  assert.throws(() => encode({ ...deletion("half"), deleted_at: "now" }));
  const after = encode(deletion("after"));
  assert.equal(type.fromBuffer(before.subarray(5)).status_id, "before");
  assert.equal(type.fromBuffer(after.subarray(5)).status_id, "after");
});

Deno.test("the registry's own client reads our messages", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => Response.json({ schema: DELETION_RECORD.schema }),
  );
  try {
    const registry = new SchemaRegistry({ host: `http://127.0.0.1:${server.addr.port}` });
    const read = await registry.decode(messageEncoder(DELETION_RECORD.type, 7)(deletion("42")));
    assert.deepEqual({ ...read }, deletion("42"));
  } finally {
    await server.shutdown();
  }
});
