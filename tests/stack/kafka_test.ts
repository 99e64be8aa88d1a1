/**
 * Tests the way from the listener to Kafka and from there to the lake, with a real broker, registry
 * and object store.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import kafkajs, { type KafkaMessage } from "kafkajs";
import { DELETION_RECORD, TOOT_RECORD, typeHook } from "../../record/avro.ts";
import { Failure } from "../../common/failure.ts";
import { kafkaConfig } from "../../kafka/connection.ts";
import "../../kafka/zstd.ts";
import { openLake } from "../../lake/engine/open.ts";
import { coverageTopic, deleteTopic, type Deletion, type Toot } from "../../record/record.ts";
import { runSink, type SinkOptions } from "../../lake/sink/run.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { gone, START, toot as aToot } from "../../record/testing/toot.ts";
import { openKafkaSink } from "../../listener/sinks/kafka.ts";
import { fresh, setting, type Stack, stackTest } from "./stack.ts";

const toot = (n: number) =>
  aToot(n, { app: n % 3 === 0 ? null : "Web", favourites: n, mastodon_text: `Bread ${n} 🥖` });

const toots = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => toot(from + i));

/**
 * Calls `run` with the name of a new topic. Afterwards removes the topics and subjects with that
 * name.
 */
async function withTopic(
  stack: Stack,
  run: (topic: string, kafka: kafkajs.Kafka) => Promise<void>,
): Promise<void> {
  const topic = `${fresh("kafka")}-topic`;
  const kafka = new kafkajs.Kafka(kafkaConfig(stack.brokers));
  try {
    await run(topic, kafka);
  } finally {
    const admin = kafka.admin();
    await admin.connect();
    const ours = (await admin.listTopics()).filter((name) => name.includes(topic.slice(0, -6)));
    if (ours.length > 0) await admin.deleteTopics({ topics: ours });
    await admin.disconnect();
    for (const name of [topic, deleteTopic(topic), coverageTopic(topic)]) {
      const answer = await fetch(`${stack.registry}/subjects/${name}-value`, { method: "DELETE" });
      await answer.body?.cancel();
    }
  }
}

async function open(stack: Stack, topic: string, options: { partitions?: number } = {}) {
  const durable: number[] = [];
  const sink = await openKafkaSink(
    { brokers: stack.brokers, topic, registry: stack.registry, ...options },
    (seq) => durable.push(seq),
  );
  return { sink, durable };
}

/** Writes toots in batches of 100, and the deletes with the last batch. */
async function produce(
  stack: Stack,
  topic: string,
  records: readonly Toot[],
  deletions: readonly Deletion[] = [],
  partitions = 1,
): Promise<void> {
  const { sink } = await open(stack, topic, { partitions });
  let seq = 0;
  for (let at = 0; at < records.length; at += 100) {
    const last = at + 100 >= records.length;
    const batch = records.slice(at, at + 100);
    await sink.write({ seq: ++seq, toots: batch, deletions: last ? deletions : [], coverage: [] });
  }
  await sink.close();
}

/** Reads all messages of a topic. */
async function readAll(kafka: kafkajs.Kafka, topic: string): Promise<KafkaMessage[]> {
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: fresh("read") });
  await Promise.all([admin.connect(), consumer.connect()]);
  try {
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).filter(({ high }) => high !== "0")
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    const messages: KafkaMessage[] = [];
    if (ends.size === 0) return messages;
    await consumer.subscribe({ topic, fromBeginning: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    await consumer.run({
      eachBatch({ batch }) {
        messages.push(...batch.messages);
        if (BigInt(batch.lastOffset()) + 1n >= (ends.get(batch.partition) ?? -1n)) {
          ends.delete(batch.partition);
          if (ends.size === 0) resolve();
        }
        return Promise.resolve();
      },
    });
    await promise;
    return messages;
  } finally {
    await Promise.all([admin.disconnect(), consumer.disconnect()]);
  }
}

stackTest("toots and deletes are in their topics, as any client reads them", async (stack) => {
  await withTopic(stack, async (topic, kafka) => {
    const { sink, durable } = await open(stack, topic);
    const deletion = gone(7);
    await sink.write({ seq: 1, toots: toots(0, 700), deletions: [], coverage: [] });
    await sink.write({ seq: 2, toots: toots(700, 900), deletions: [deletion], coverage: [] });
    await sink.close();
    assert.equal(durable.at(-1), 2);

    const messages = await readAll(kafka, topic);
    assert.deepEqual(
      messages.map(({ key }) => key!.toString()),
      toots(0, 900).map(({ uri }) => uri),
      "in order",
    );
    assert.equal(messages[5]!.timestamp, String(START + 5_000));
    const registry = new SchemaRegistry({ host: stack.registry }, {
      [SchemaType.AVRO]: { typeHook: (schema) => typeHook(schema) },
    });
    assert.deepEqual({ ...await registry.decode(messages[5]!.value!) }, toot(5));

    const [deleted] = await readAll(kafka, deleteTopic(topic));
    assert.equal(deleted!.key!.toString(), "https://a.example|7");
    assert.deepEqual({ ...await registry.decode(deleted!.value!) }, deletion);
    for (const subject of [`${topic}-value`, `${deleteTopic(topic)}-value`]) {
      const config = await (await fetch(`${stack.registry}/config/${subject}`)).json();
      assert.equal(config.compatibilityLevel, "BACKWARD");
    }
  });
});

stackTest("topics are made with settings that keep a backfill", async (stack) => {
  await withTopic(stack, async (topic, kafka) => {
    await produce(stack, topic, [toot(1)], [], 3);
    const admin = kafka.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.equal(topics[0]!.partitions.length, 3);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
    await admin.disconnect();
    const settings = Object.fromEntries(
      resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]),
    );
    assert.equal(settings["cleanup.policy"], "delete");
    assert.equal(settings["retention.ms"], "-1");
    assert.equal(settings["retention.bytes"], String(10 * 2 ** 30));
    await produce(stack, topic, [toot(2)]); // An existing topic is used as it is.
  });
});

stackTest(
  "a subject that has the original's schema takes ours, and both are read",
  async (stack) => {
    const { brokers, registry: host, bucket } = stack;
    const { name, namespace, fields } = JSON.parse(TOOT_RECORD.schema);
    const plain: Record<string, unknown> = { m_id: "long", app: "string", url: "string" };
    const original = {
      ...{ type: "record", name, namespace },
      fields: fields.slice(0, 14).map((field: { name: string; type: unknown }) => ({
        name: field.name,
        type: plain[field.name] ??
          (["username", "mastodon_text"].includes(field.name) ? "string" : field.type),
      })),
    };
    await withTopic(stack, async (topic, kafka) => {
      const registry = new SchemaRegistry({ host }, {
        [SchemaType.AVRO]: { typeHook: (schema) => typeHook(schema) },
      });
      const { id } = await registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(original) },
        { subject: `${topic}-value` },
      );
      await produce(stack, topic, [toot(1)]);
      const producer = kafka.producer();
      await producer.connect();
      const old = Object.fromEntries(
        original.fields.map(({ name }: { name: keyof Toot }) => [name, toot(2)[name]]),
      );
      const value = await registry.encode(id, { ...old, app: "Web" });
      await producer.send({ topic, messages: [{ value }] });
      await producer.disconnect();

      const lake = `s3://${bucket}/${topic}`;
      await land(stack, { topic, lake }, 2);
      assert.deepEqual(
        await rows(stack, lake, topic, "m_id, mastodon_text, uri"),
        [
          {
            m_id: 1_152_921_504_606_846_977n,
            mastodon_text: "Bread 1 🥖",
            uri: "https://a.example/statuses/1",
          },
          { m_id: 1_152_921_504_606_846_978n, mastodon_text: "Bread 2 🥖", uri: null },
        ],
      );
      await wipe(stack, lake);

      // A reader with only the first fourteen fields can read the listener's bytes.
      const fourteen = JSON.stringify({
        ...{ type: "record", name, namespace },
        fields: fields.slice(0, 14),
      });
      const [ours] = await readAll(kafka, topic);
      const read = await registry.decode(ours!.value!, {
        [SchemaType.AVRO]: { readerSchema: JSON.parse(fourteen) },
      });
      assert.deepEqual(Object.keys({ ...read }).length, 14);
      assert.equal(read.mastodon_text, "Bread 1 🥖");
      assert.ok(brokers.length > 0);
    });
  },
);

stackTest("a schema that the registry refuses is one line that names the field", async (stack) => {
  await withTopic(stack, async (topic) => {
    const schema = JSON.parse(DELETION_RECORD.schema);
    schema.fields[1].type = "int";
    const registry = new SchemaRegistry({ host: stack.registry });
    await registry.register(
      { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
      { subject: `${deleteTopic(topic)}-value` },
    );
    await assert.rejects(
      open(stack, topic),
      (error) =>
        error instanceof Failure && error.exitCode === 1 &&
        error.message.endsWith(`field 'status_id' is "string" and was "int"`),
    );
  });
});

/** Runs the lake's sink until the lake has this many toots, then stops it. */
async function land(
  stack: Stack,
  options: Partial<SinkOptions> & { topic: string; lake: string },
  wanted: number,
): Promise<string[]> {
  const stop = new AbortController();
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const running = runSink({
    brokers: stack.brokers,
    registry: stack.registry,
    group: options.topic,
    deadLetters: { topic: `${options.topic}-dead` },
    rows: 50_000,
    age: 500,
    signal: stop.signal,
    ...options,
  }, { env: setting(stack), info: say, warn: say });
  let ended = false;
  running.finally(() => ended = true).catch(() => {});
  const deadline = Date.now() + 60_000;
  while (!ended && (await rows(stack, options.lake, options.topic, "1 as n")).length < wanted) {
    assert.ok(Date.now() < deadline, `not within a minute: ${said.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  stop.abort();
  await running;
  return said;
}

/** Returns the rows of a topic in a lake, in the order of their ids. */
async function rows(stack: Stack, location: string, topic: string, what: string) {
  const store = openStore(location, setting(stack));
  const files = await store.list(`topics/${topic}/`);
  if (files.length === 0) return [];
  const lake = await openLake({ location, env: setting(stack) });
  try {
    const list = files.map(({ path }) => `'${store.url(path)}'`).join(", ");
    return await lake.query(`select ${what} from read_parquet([${list}]) order by m_id`);
  } finally {
    await lake.close();
  }
}

async function wipe(stack: Stack, location: string): Promise<void> {
  const store = openStore(location, setting(stack));
  await store.remove((await store.list("")).map(({ path }) => path));
}

stackTest("the lake's sink lands every row where Connect's would, once", async (stack) => {
  await withTopic(stack, async (topic) => {
    const deletion = gone(7);
    await produce(stack, topic, toots(0, 1_000), [deletion], 4);
    const lake = `s3://${stack.bucket}/${topic}`;
    try {
      await land(stack, { topic, lake, rows: 100 }, 1_000);
      const all = await rows(stack, lake, topic, "uri, status_id, m_id, hashtags, posted_at");
      assert.deepEqual(all.map(({ uri }) => uri), toots(0, 1_000).map(({ uri }) => uri));
      assert.deepEqual(all[7], {
        uri: toot(7).uri,
        status_id: toot(7).status_id,
        m_id: toot(7).m_id,
        hashtags: ["one", "two"],
        posted_at: new Date(START + 7_000),
      });
      const store = openStore(lake, setting(stack));
      const paths = (await store.list("topics/")).map(({ path }) => path);
      const name = new RegExp(
        String.raw`^topics/(${topic}|${
          deleteTopic(topic)
        })/partition=(\d)/\1\+\2\+\d{10}\.zstd\.parquet$`,
      );
      assert.ok(paths.every((path) => name.test(path)), paths.join(" "));
      assert.ok(paths.some((path) => path.includes("partition=3/")));

      // A new group reads everything again. Its files have other sizes and may replace old files of
      // the same name, but no row is lost.
      const before = await rows(stack, lake, topic, "uri");
      await land(stack, { topic, lake, rows: 100, group: `${topic}-2` }, 1_000);
      const after = await rows(stack, lake, topic, "distinct uri, m_id");
      assert.equal(after.length, before.length);
    } finally {
      await wipe(stack, lake);
    }
  });
});

stackTest("poison goes to the dead letters with its place, and stops nothing", async (stack) => {
  await withTopic(stack, async (topic, kafka) => {
    await produce(stack, topic, toots(0, 10));
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({
      topic,
      messages: [
        { key: "a", value: "hello" },
        { key: "b", value: "" },
        { key: "c", value: Buffer.of(0, 0, 0x0f, 0x42, 0x3f, 1, 2, 3) },
        { key: "d", value: null },
      ],
    });
    await producer.disconnect();
    await produce(stack, topic, toots(10, 20));
    const lake = `s3://${stack.bucket}/${topic}`;
    try {
      await land(stack, { topic, lake }, 20);
      const letters = await readAll(kafka, `${topic}-dead`);
      assert.deepEqual(
        letters.map(({ key, value, headers }) => [
          key!.toString(),
          value!.length,
          headers!["__connect.errors.topic"]!.toString(),
          headers!["__connect.errors.offset"]!.toString(),
        ]),
        [["a", 5, topic, "10"], ["b", 0, topic, "11"], ["c", 8, topic, "12"]],
      );
      assert.match(
        letters[2]!.headers!["__connect.errors.exception.message"]!.toString(),
        /no Avro schema 999999/,
      );
      // The offset after the unreadable message is committed, so nothing is read twice.
      await land(stack, { topic, lake }, 20);
      assert.equal((await readAll(kafka, `${topic}-dead`)).length, 3);
    } finally {
      await wipe(stack, lake);
    }
  });
});

stackTest("two sinks share the partitions of a folder, and one takes over", async (stack) => {
  await withTopic(stack, async (topic) => {
    const folder = await Deno.makeTempDir();
    const lake = `${folder}/lake`;
    await produce(stack, topic, toots(0, 400), [], 4);
    const first = new AbortController();
    const said: string[] = [];
    const say = (message: string) => void said.push(message);
    const deps = { env: setting(stack), info: say, warn: say };
    const options = {
      brokers: stack.brokers,
      registry: stack.registry,
      topic,
      lake,
      group: topic,
      deadLetters: { file: `${folder}/dead.jsonl` },
      rows: 1_000,
      age: 300,
    };
    try {
      const one = runSink({ ...options, signal: first.signal }, deps);
      const two = land(stack, { ...options }, 400);
      await two;
      await produce(stack, topic, toots(400, 800));
      await land(stack, { ...options }, 800);
      first.abort();
      await one;
      const all = await rows(stack, lake, topic, "uri, m_id");
      assert.deepEqual(all.map(({ uri }) => uri), toots(0, 800).map(({ uri }) => uri));
    } finally {
      first.abort();
      await Deno.remove(folder, { recursive: true });
    }
  });
});

stackTest("a topic that was made anew does not write over the lake", async (stack) => {
  await withTopic(stack, async (topic, kafka) => {
    const lake = `s3://${stack.bucket}/${topic}`;
    try {
      await produce(stack, topic, toots(0, 50));
      await land(stack, { topic, lake }, 50);
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
      await produce(stack, topic, toots(100, 200));
      await assert.rejects(
        land(stack, { topic, lake, group: `${topic}-2` }, 51),
        (error) => error instanceof Failure && /belongs to an earlier topic/.test(error.message),
      );
      assert.equal((await rows(stack, lake, topic, "uri")).length, 50);
    } finally {
      await wipe(stack, lake);
    }
  });
});
