/**
 * Creates the topics that are missing, and checks the settings of the others.
 *
 * @module
 */
import kafkajs, { type Admin } from "kafkajs";
import { Failure } from "../../../common/failure.ts";
import { reasonOf } from "../../../kafka/connection.ts";

const { ConfigResourceTypes } = kafkajs;

/** Options of {@linkcode ensureTopics}. */
export interface TopicOptions {
  readonly topics: readonly string[];
  /** The number of partitions of topics that we create. */
  readonly partitions: number;
  /** Receives what a person should know about a topic that existed before. */
  readonly notify: (message: string) => void;
}

/** The default limit of a broker for a record batch, in bytes: a mebibyte and the header. */
const USUAL_BATCH = 1_048_588;

/**
 * Settings of the topics that we make.
 *
 * A message carries the time at which its status was posted, and Kafka's limit by
 * time goes by that: a backfill of what is older than the limit would be deleted
 * as soon as it is written. So the limit is by size, for each partition; at 200
 * bytes a toot it holds some fifty million.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": String(10 * 2 ** 30),
  "segment.bytes": String(256 * 2 ** 20),
  "compression.type": "producer",
};

/**
 * Creates the topics that are missing.
 *
 * @returns the bytes of a record batch that every topic takes
 * @throws {Failure} where a topic is missing and we may not make it
 */
export async function ensureTopics(admin: Admin, options: TopicOptions): Promise<number> {
  const { topics, partitions, notify } = options;
  const there = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !there.has(topic));
  if (missing.length > 0) {
    try {
      // The answer is false if another listener was faster.
      await admin.createTopics({
        topics: missing.map((topic) => ({
          topic,
          numPartitions: partitions,
          replicationFactor: -1, // as many as the cluster usually has
          configEntries: Object.entries(SETTINGS).map(([name, value]) => ({ name, value })),
        })),
        waitForLeaders: true,
      });
    } catch (cause) {
      const now = new Set(await admin.listTopics());
      const lacking = missing.filter((topic) => !now.has(topic));
      if (lacking.length > 0) {
        throw new Failure(
          `topic '${lacking[0]}' is not there and cannot be made: ${topicReason(cause)}`,
          { cause },
        );
      }
    }
  }
  return await inspect(admin, topics, new Set(missing), notify);
}

/** Reads the settings of topics. If we may not see them, the default limit applies. */
async function inspect(
  admin: Admin,
  topics: readonly string[],
  ours: ReadonlySet<string>,
  notify: (message: string) => void,
): Promise<number> {
  let limit = USUAL_BATCH;
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: [
        ...["max.message.bytes", "cleanup.policy", "retention.ms", "message.timestamp.type"],
      ],
    })),
  }).catch(() => null);
  for (const { resourceName: topic, configEntries } of described?.resources ?? []) {
    const setting = new Map(configEntries.map((entry) => [entry.configName, entry.configValue]));
    limit = Math.min(limit, Number(setting.get("max.message.bytes") ?? limit));
    if (ours.has(topic)) continue;
    if (setting.get("cleanup.policy")?.includes("compact")) {
      notify(`topic '${topic}' is compacted: of a toot that was edited only the last record stays`);
    }
    const days = Number(setting.get("retention.ms")) / 86_400_000;
    if (days > 0 && setting.get("message.timestamp.type") === "CreateTime") {
      notify(
        `topic '${topic}' deletes by time: toots posted over ${Math.round(days * 10) / 10} days ` +
          `ago may be gone before they are read; retention.ms=-1 with retention.bytes keeps them`,
      );
    }
  }
  return limit;
}

/** kafkajs packs the reasons of several topics into one error. */
function topicReason(error: unknown): string {
  const errors = error instanceof Error ? (error as { errors?: unknown }).errors : undefined;
  return reasonOf(Array.isArray(errors) && errors.length > 0 ? errors[0] : error);
}
