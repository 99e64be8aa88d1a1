/**
 * Kafka as a sink: records become Avro messages of three topics, for toots, deletes and coverage.
 *
 * A batch is durable when every replica in sync has acknowledged its messages. While the broker is
 * unreachable, the queue fills, and when it is full, {@linkcode Sink.write} waits. Nothing is
 * dropped, and the order is kept. Messages that were sent but not acknowledged are sent again. So a
 * message may be in the topic twice, but the SQL view shows each toot once.
 *
 * @module
 */
import { COVERAGE_RECORD, DELETION_RECORD, TOOT_RECORD } from "../../record/avro.ts";
import { Failure } from "../../common/failure.ts";
import type { Env } from "../../common/env.ts";
import { isRefused, kafkaConfig } from "../../kafka/connection.ts";
import { openRegistry, type Registry } from "../../kafka/registry.ts";
import {
  type Coverage,
  coverageTopic,
  deleteTopic,
  type Deletion,
  type Toot,
} from "../../record/record.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import { messageEncoder } from "../toot/avro.ts";
import { type Connect, kafkaConnect } from "./kafka/link.ts";
import { startPump } from "./kafka/pump.ts";
import { type Message, messageQueue } from "./kafka/queue.ts";
import { waitForStart } from "./kafka/start.ts";
import type { Batch, OnDurable, Sink } from "./sink.ts";

/** The number of partitions of a topic that the listener creates. */
export const PARTITIONS = 1;

/** Options of {@linkcode openKafkaSink}. */
export interface KafkaSinkOptions {
  /** The brokers, each as `host:port`. */
  readonly brokers: readonly string[];
  /** The topic of toots. The names of the topics of deletes and coverage are derived from it. */
  readonly topic: string;
  /** The address of the schema registry's Confluent API. */
  readonly registry: string;
  /**
   * The number of partitions of a topic that does not exist yet. Default {@linkcode PARTITIONS}.
   */
  readonly partitions?: number;
  /**
   * The maximum number of messages in a request. The time that kafkajs needs for a request grows
   * with the square of this number. Default 500.
   */
  readonly count?: number;
  /**
   * The maximum number of bytes in a request before compression; the limit of the topic may be
   * lower. Default 1 MiB.
   */
  readonly bytes?: number;
  /** The longest time that a message waits for others, in milliseconds. Default 50. */
  readonly linger?: number;
  /**
   * The maximum number of bytes of waiting messages. When it is reached, writing waits for the
   * broker. Default 16 MiB.
   */
  readonly memory?: number;
  /**
   * At the start, the broker and the registry must answer within this many milliseconds. Default
   * 20,000.
   */
  readonly startWithin?: number;
  /**
   * Aborted when the listener stops. The remaining messages must then be sent within {@linkcode
   * stopWithin}.
   */
  readonly signal?: AbortSignal;
  /**
   * The longest time that stopping waits for an unreachable broker, in milliseconds. Default
   * 20,000.
   */
  readonly stopWithin?: number;
}

/** A record of any of the three topics. */
export type AnyRecord = Toot | Deletion | Coverage;

/** External parts that tests replace. */
export interface KafkaSinkDeps {
  readonly clock: Clock;
  /** Returns a random number from 0 to below 1, for the jitter. */
  readonly random: () => number;
  readonly env: Env;
  /** Receives messages for the log. */
  readonly notify: (message: string) => void;
  /** Called when Kafka has acknowledged a request, with the time that this took. */
  readonly onSent: (sent: { messages: number; milliseconds: number }) => void;
  /** Called with a record that does not fit into Avro or into a message, and is left out. */
  readonly onUnfit: (record: AnyRecord, reason: string) => void;
  readonly registry: Registry;
  readonly connect: Connect;
}

/** The state of the sink. */
export interface KafkaState {
  /** The number of messages that wait for the broker. */
  readonly waiting: number;
  /**
   * The time of the first failure since the last success (milliseconds since 1970), and the reason
   * of the latest failure; null while all is well.
   */
  readonly away: { readonly since: number; readonly reason: string } | null;
}

/** A sink that reports its state. */
export interface KafkaSink extends Sink {
  readonly state: KafkaState;
}

/**
 * Opens the sink: registers the schemas, creates the missing topics, and connects.
 *
 * @throws {Failure} if the broker or the registry does not answer in time, or refuses the listener
 */
export async function openKafkaSink(
  options: KafkaSinkOptions,
  onDurable: OnDurable,
  deps: Partial<KafkaSinkDeps> = {},
): Promise<KafkaSink> {
  const { topic, partitions = PARTITIONS, count = 500, bytes = 2 ** 20, linger = 50 } = options;
  const { memory = 16 * 2 ** 20, startWithin = 20_000, stopWithin = 20_000, signal } = options;
  const { clock = systemClock, random = Math.random, notify = () => {} } = deps;
  const { onSent = () => {}, onUnfit = () => {} } = deps;
  const { brokers } = options;
  const types = {
    [topic]: TOOT_RECORD,
    [deleteTopic(topic)]: DELETION_RECORD,
    [coverageTopic(topic)]: COVERAGE_RECORD,
  };
  const topics = Object.keys(types);
  const registry = deps.registry ?? openRegistry(options.registry, deps.env);
  const connect = deps.connect ??
    kafkaConnect(kafkaConfig(brokers, deps.env), { topics, partitions, notify });

  const start = { within: startWithin, clock, notify };
  const registryName = `--registry ${options.registry}: the schema registry`;
  const register = async () => {
    const encoders: Record<string, (record: object) => Message["value"]> = {};
    for (const [name, record] of Object.entries(types)) {
      const schemaId = await registry.register(`${name}-value`, record);
      encoders[name] = messageEncoder(record.type, schemaId);
    }
    return encoders;
  };
  const linked = waitForStart(connect, {
    ...start,
    what: `--brokers ${brokers}: Kafka`,
    refused: isRefused,
  });
  const [encoders, link] = await Promise.all([
    waitForStart(register, { ...start, what: registryName }),
    linked,
  ]).catch((error) => {
    linked.then((link) => link.close(), () => {});
    throw error;
  });

  const queue = messageQueue();
  const pump = startPump({
    ...{ queue, connect, link, count, bytes, linger, clock, random, onDurable, onSent, notify },
    onUnfit: (message, reason) => onUnfit(recordOf(message), reason),
  });

  function messagesOf({ toots, deletions, coverage }: Batch): Message[] {
    const messages: Message[] = [];
    for (const toot of toots) {
      // Brokers refuse timestamps in the future, and a server's clock may be wrong.
      const timestamp = String(Math.min(toot.posted_at, toot.observed_at));
      add(toot, { topic, key: toot.uri, timestamp });
    }
    for (const deletion of deletions) {
      const key = `${deletion.base_url}|${deletion.status_id}`;
      const timestamp = String(deletion.deleted_at);
      add(deletion, { topic: deleteTopic(topic), key, timestamp });
    }
    for (const span of coverage) {
      const key = `${span.base_url}|${span.timeline}`;
      // A server publishes counts of whole weeks. The end of such a span may be in the future, and
      // brokers refuse timestamps in the future.
      const timestamp = String(Math.min(span.until, clock.now()));
      add(span, { topic: coverageTopic(topic), key, timestamp });
    }
    return messages;

    function add(record: AnyRecord, message: Omit<Message, "value">) {
      try {
        messages.push({ ...message, value: encoders[message.topic]!(record) });
      } catch (error) {
        onUnfit(record, (error as Error).message);
      }
    }
  }

  function recordOf({ topic, value }: Message): AnyRecord {
    return types[topic]!.type.fromBuffer(value.subarray(5));
  }

  // While the listener runs, the sink waits for the broker without a limit. At the end it waits for
  // at most `stopWithin` milliseconds.
  const ending = Promise.withResolvers<void>();
  let over = false;
  let cancelEnd = () => {};
  function end() {
    cancelEnd();
    cancelEnd = clock.after(stopWithin, () => {
      over = true;
      ending.resolve();
    });
    signal?.removeEventListener("abort", end);
  }
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();

  async function until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (over && pump.away !== null) {
        throw new Failure(
          `kafka ${brokers}: ${queue.length} records are not acknowledged ` +
            `(${pump.away.reason}); run the same command again to send them`,
        );
      }
      await Promise.race(over ? [pump.progress()] : [pump.progress(), ending.promise]);
    }
  }

  async function flush() {
    pump.hurry();
    await until(() => queue.length === 0);
  }

  return {
    name: `kafka ${brokers}/${topic}`,
    get state() {
      return { waiting: queue.length, away: pump.away };
    },
    async write(batch) {
      queue.push(batch.seq, messagesOf(batch));
      if (queue.length === 0) {
        const complete = queue.drop(0);
        if (complete !== null) onDurable(complete);
      }
      pump.wake();
      await until(() => queue.bytes < memory);
    },
    flush,
    async close() {
      end();
      try {
        await flush();
      } finally {
        cancelEnd();
        await pump.stop();
      }
    },
  };
}
