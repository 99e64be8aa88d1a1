/** Checks that the stack of the other tests in this folder works, before they use it. */
import assert from "node:assert/strict";
import { Kafka, logLevel } from "kafkajs";
import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import schema from "../../config/mastodon-details.avsc" with { type: "text" };
import { TOOT_RECORD } from "../../record/avro.ts";
import { openRegistry } from "../../kafka/registry.ts";
import { openLake } from "../../lake/engine/open.ts";
import { fresh, s3, stackTest } from "./stack.ts";

stackTest("the broker keeps what is produced, in order, by partition", async ({ brokers }) => {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const topic = fresh("stack");
  const admin = kafka.admin(), producer = kafka.producer({ idempotent: true });
  const consumer = kafka.consumer({ groupId: topic });
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  try {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 4 }] });
    const messages = Array.from(
      { length: 2_000 },
      (_, i) => ({ key: `k${i % 50}`, value: `${i}` }),
    );
    await producer.send({ topic, acks: -1, messages });
    await consumer.subscribe({ topic, fromBeginning: true });
    const byKey = new Map<string, number[]>();
    let read = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    await consumer.run({
      eachMessage: ({ message }) => {
        const key = String(message.key);
        byKey.set(key, [...byKey.get(key) ?? [], Number(message.value)]);
        if (++read === messages.length) resolve();
        return Promise.resolve();
      },
    });
    await promise;
    assert.equal(byKey.size, 50);
    for (const values of byKey.values()) {
      assert.deepEqual(values, values.toSorted((a, b) => a - b));
    }
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
});

stackTest("the registry takes our schema and refuses one that breaks readers", async (stack) => {
  const subject = `${fresh("stack")}-value`;
  const registry = new SchemaRegistry({ host: stack.registry });
  try {
    const { id } = await registry.register({ type: SchemaType.AVRO, schema }, {
      subject,
      compatibility: COMPATIBILITY.BACKWARD,
    });
    assert.equal(await registry.getLatestSchemaId(subject), id);
    const broken = JSON.parse(schema);
    broken.fields.push({ name: "no_default", type: "string" });
    const answer = await fetch(`${stack.registry}/subjects/${subject}/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({ schema: JSON.stringify(broken) }),
    });
    await answer.body?.cancel();
    assert.equal(answer.status, 409);
  } finally {
    await (await fetch(`${stack.registry}/subjects/${subject}`, { method: "DELETE" })).body
      ?.cancel();
  }
});

stackTest("DuckDB writes and reads Parquet in the object store", async ({ bucket }) => {
  const prefix = fresh("stack");
  const lake = await openLake({ location: `s3://${bucket}/${prefix}` });
  try {
    await lake.exec(
      `copy (select range as n from range(100000)) to 's3://${bucket}/${prefix}/n.parquet'
       (format parquet, compression zstd)`,
    );
    const rows = await lake.query(`select count(*) as n, sum(n)::bigint as total
                                   from read_parquet('s3://${bucket}/${prefix}/*.parquet')`);
    assert.deepEqual(rows, [{ n: 100_000n, total: 4_999_950_000n }]);
  } finally {
    await lake.close();
    await (await s3("DELETE", `${bucket}/${prefix}/n.parquet`)).body?.cancel();
  }
});

stackTest("listeners that start at the same moment register one schema", async (stack) => {
  for (let round = 0; round < 5; round++) {
    const subject = `${fresh("stack")}-value`;
    const ids = await Promise.all(
      Array.from({ length: 4 }, () => openRegistry(stack.registry).register(subject, TOOT_RECORD)),
    );
    assert.equal(new Set(ids).size, 1);
    await (await fetch(`${stack.registry}/subjects/${subject}`, { method: "DELETE" })).body
      ?.cancel();
  }
});
