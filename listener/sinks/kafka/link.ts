/**
 * Connects to the cluster: creates the missing topics, and sends messages with an idempotent
 * producer. At the first error from which kafkajs does not recover by itself, the caller closes the
 * connection and opens a new one. For example, a producer never recovers after the broker has
 * forgotten its sequence numbers.
 *
 * @module
 */
import kafkajs, { type KafkaConfig } from "kafkajs";
import "../../../kafka/encoder.ts";
import { ZSTD } from "../../../kafka/zstd.ts";
import type { Message } from "./queue.ts";
import { ensureTopics, type TopicOptions } from "./topics.ts";

/** A connection to the broker. */
export interface Link {
  /** The maximum number of bytes of messages in one request. */
  readonly limit: number;
  /** Sends messages, and resolves when every replica in sync has them. */
  send(messages: readonly Message[]): Promise<void>;
  /** Closes the connection; never throws. */
  close(): Promise<void>;
}

/** Connects to the broker. Throws the errors of kafkajs. */
export type Connect = () => Promise<Link>;

/** The timeout for an answer of the broker, in milliseconds. */
const REQUEST = 15_000;

/** The bytes that a request and its batches add to the messages. */
const OVERHEAD = 1024;

/** Makes the function that connects to a cluster. */
export function kafkaConnect(config: KafkaConfig, topics: TopicOptions): Connect {
  const kafka = new kafkajs.Kafka({ ...config, requestTimeout: REQUEST });
  const { DefaultPartitioner } = kafkajs.Partitioners;
  // Chooses the partition by the hash of the key, as Java clients do. If there is only one
  // partition, the hash is not computed.
  const createPartitioner = () => {
    const byKey = DefaultPartitioner();
    return (args: Parameters<typeof byKey>[0]) =>
      args.partitionMetadata.length === 1 ? args.partitionMetadata[0]!.partitionId : byKey(args);
  };
  return async () => {
    const admin = kafka.admin();
    let limit: number;
    try {
      await admin.connect();
      limit = await ensureTopics(admin, topics);
    } finally {
      await admin.disconnect().catch(() => {});
    }
    const producer = kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      metadataMaxAge: 60_000,
      createPartitioner,
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
    return {
      limit: Math.max(1, limit - OVERHEAD),
      async send(messages) {
        const byTopic = new Map<string, Message[]>();
        for (const message of messages) {
          const same = byTopic.get(message.topic);
          if (same) same.push(message);
          else byTopic.set(message.topic, [message]);
        }
        await producer.sendBatch({
          acks: -1,
          compression: ZSTD,
          topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
        });
      },
      close: () => producer.disconnect().catch(() => {}),
    };
  };
}
