/**
 * A member of a consumer group. It passes on messages in order, and commits offsets on request.
 *
 * @module
 */
import kafkajs, { type ConsumerCrashEvent, type KafkaConfig } from "kafkajs";
import { reasonOf } from "../../kafka/connection.ts";
import "../../kafka/zstd.ts";
import type { ConsumedMessage, TopicPartition } from "./lander.ts";

/** Options of {@linkcode openConsumer}. */
export interface ConsumerOptions {
  readonly config: KafkaConfig;
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Called after a rebalance with the partitions of this member. All messages that were not
   * committed come again.
   */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
  /** Receives messages of one partition. Heartbeats are sent until its promise resolves. */
  readonly onMessages: (
    place: TopicPartition,
    messages: readonly ConsumedMessage[],
  ) => Promise<void>;
  /** Called if an offset could not be committed, although this member is still in the group. */
  readonly onUncommitted: (reason: string) => void;
}

/** A running consumer. */
export interface Consumer {
  /** Resolves with the error that ended the consumer, such as an error of `onMessages`. */
  readonly crashed: Promise<unknown>;
  commit(place: TopicPartition, offset: string): Promise<void>;
  /** Stops receiving messages. The consumer stays in the group and can still commit. */
  pause(): void;
  close(): Promise<void>;
}

/** The maximum number of messages in one call of `onMessages`. */
const CHUNK = 1_000;
/** Milliseconds between two heartbeats. */
const HEARTBEAT = 3_000;

/** Joins the consumer group. */
export async function openConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { config, group, topics, onAssigned, onMessages, onUncommitted } = options;
  const consumer = new kafkajs.Kafka(config).consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: 15_000,
    rebalanceTimeout: 60_000,
    heartbeatInterval: HEARTBEAT,
    metadataMaxAge: 30_000, // New partitions are noticed within this many milliseconds.
    maxWaitTimeInMs: 500,
    maxBytesPerPartition: 4 * 2 ** 20,
    retry: {
      ...config.retry,
      // kafkajs must not restart the consumer, because the caller opens a new one.
      restartOnFailure: () => Promise.resolve(false),
    },
  });
  const crash = Promise.withResolvers<unknown>();
  const closing = Promise.withResolvers<void>();
  let paused = false;

  const { GROUP_JOIN, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    onAssigned(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition }))
      ),
    );
  });
  consumer.on(CRASH, ({ payload }: ConsumerCrashEvent) => crash.resolve(payload.error));

  async function beating(work: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
    let done = false;
    const ended = Promise.race([work, closing.promise]).finally(() => done = true);
    // If a heartbeat fails, nobody awaits `ended`. Then an error of `ended` must not count as
    // unhandled.
    ended.catch(() => {});
    while (!done) {
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(pause.resolve, HEARTBEAT);
      await Promise.race([ended, pause.promise]).finally(() => clearTimeout(timer));
      if (!done) await heartbeat();
    }
    await ended;
  }

  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
        const { topic, partition, messages } = batch;
        for (let at = 0; at < messages.length; at += CHUNK) {
          // While the consumer is paused, this function waits. If it returned, kafkajs would pass
          // the same batch again and again.
          if (paused) await beating(closing.promise, heartbeat);
          if (paused || !isRunning() || isStale()) return;
          const chunk = messages.slice(at, at + CHUNK);
          const work = onMessages({ topic, partition }, chunk);
          work.catch((error) => crash.resolve(error));
          await beating(work, heartbeat);
          resolveOffset(chunk.at(-1)!.offset);
          await heartbeat();
        }
      },
    });
  } catch (error) {
    await consumer.disconnect().catch(() => {});
    throw error;
  }

  return {
    crashed: crash.promise,
    async commit({ topic, partition }, offset) {
      try {
        await consumer.commitOffsets([{ topic, partition, offset }]);
      } catch (error) {
        // If the error is due to a rebalance, it does not matter, because another member reads
        // these messages again.
        const { type } = error as { type?: string };
        if (!REBALANCES.has(type ?? "")) onUncommitted(reasonOf(error));
      }
    },
    pause() {
      paused = true;
    },
    async close() {
      paused = true;
      closing.resolve();
      await consumer.disconnect().catch(() => {});
    },
  };
}

const REBALANCES = new Set([
  ...["REBALANCE_IN_PROGRESS", "UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "NOT_COORDINATOR"],
]);
