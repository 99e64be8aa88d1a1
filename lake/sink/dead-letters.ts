/**
 * Stores messages that cannot be read, so that a person can examine them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import kafkajs, { type KafkaConfig } from "kafkajs";
import { Failure } from "../../common/failure.ts";
import { writeAll } from "../../common/files.ts";
import { fsFailure } from "../store/fs-failure.ts";

/** A message that cannot be read, its position, and the reason. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly reason: string;
}

/** A store of dead letters. */
export interface DeadLetters {
  /** The name in messages: `topic mastodon-dead-letter`. */
  readonly name: string;
  /** Stores letters, and resolves when they would survive a power cut. */
  add(letters: readonly DeadLetter[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Stores dead letters in a topic, with their keys and values. The headers contain the position and
 * the reason, under the names that Kafka Connect uses.
 */
export function deadLetterTopic(config: KafkaConfig, topic: string): DeadLetters {
  const kafka = new kafkajs.Kafka(config);
  let producer: ReturnType<typeof kafka.producer> | null = null;

  async function connect() {
    const admin = kafka.admin();
    try {
      await admin.connect();
      const there = await admin.listTopics();
      if (!there.includes(topic)) {
        await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
      }
    } finally {
      await admin.disconnect().catch(() => {});
    }
    const made = kafka.producer({ idempotent: true, allowAutoTopicCreation: false });
    await made.connect();
    return made;
  }

  return {
    name: `topic ${topic}`,
    async add(letters) {
      try {
        producer ??= await connect();
        // Letters are sent one at a time, because together they could be larger than the topic
        // accepts.
        for (const { topic: from, partition, offset, key, value, reason } of letters) {
          await producer.send({
            topic,
            acks: -1,
            messages: [{
              key,
              value: value ?? Buffer.alloc(0),
              headers: {
                "__connect.errors.topic": from,
                "__connect.errors.partition": String(partition),
                "__connect.errors.offset": offset,
                "__connect.errors.exception.message": reason,
              },
            }],
          });
        }
      } catch (error) {
        const broken = producer;
        producer = null;
        await broken?.disconnect().catch(() => {});
        throw error;
      }
    },
    close: async () => await producer?.disconnect().catch(() => {}),
  };
}

/** Stores dead letters in a file, with a JSON object on each line. Key and value are in base64. */
export function deadLetterFile(path: string): DeadLetters {
  return {
    name: path,
    async add(letters) {
      const lines = letters.map(({ key, value, ...rest }) =>
        JSON.stringify({
          at: new Date().toISOString(),
          ...rest,
          key: key?.toString("base64") ?? null,
          value: value?.toString("base64") ?? null,
        })
      );
      try {
        await Deno.mkdir(dirname(path), { recursive: true });
        using file = await fsFailure(
          path,
          () => Deno.open(path, { append: true, create: true, mode: 0o600 }),
        );
        await writeAll(file, new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
        await file.sync();
      } catch (cause) {
        if (cause instanceof Failure) throw cause;
        throw new Failure(`cannot write the dead letters '${path}': ${(cause as Error).message}`, {
          cause,
        });
      }
    },
    close: () => Promise.resolve(),
  };
}
