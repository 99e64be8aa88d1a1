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
  /** The number of partitions of new topics. */
  readonly partitions: number;
  /** Receives warnings about topics that existed already. */
  readonly notify: (message: string) => void;
}

/** The default limit of a broker for a record batch, in bytes: one mebibyte and the header. */
const USUAL_BATCH = 1_048_588;

/**
 * The settings of new topics.
 *
 * The timestamp of a message is the time at which its status was posted, and Kafka deletes by that
 * time. With a limit by time, old statuses would be deleted as soon as they are written. So the
 * limit is by size, for each partition. With 200 bytes per toot, a partition holds about fifty
 * million toots.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": String(10 * 2 ** 30),
  "segment.bytes": String(256 * 2 ** 20),
  "compression.type": "producer",
};

/**
 * Creates the topics that are missing, and warns about existing topics whose settings lose records.
 *
 * @returns the size in bytes of the largest record batch that all topics accept, but at most the
 * default of a broker
 * @throws {Failure} if a topic is missing and the listener may not create it
 */
export async function ensureTopics(admin: Admin, options: TopicOptions): Promise<number> {
  const { topics, partitions, notify } = options;
  const there = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !there.has(topic));
  if (missing.length > 0) {
    try {
      // If another listener has created the topic first, this returns false, which is fine.
      await admin.createTopics({
        topics: missing.map((topic) => ({
          topic,
          numPartitions: partitions,
          replicationFactor: -1, // -1 means the cluster's default number of replicas.
          configEntries: Object.entries(SETTINGS).map(([name, value]) => ({ name, value })),
        })),
        waitForLeaders: true,
      });
    } catch (cause) {
      const now = new Set(await admin.listTopics());
      const lacking = missing.filter((topic) => !now.has(topic));
      if (lacking.length > 0) {
        throw new Failure(
          `topic '${lacking[0]}' does not exist and cannot be created: ${topicReason(cause)}`,
          { cause },
        );
      }
    }
  }
  return await inspect(admin, topics, new Set(missing), notify);
}

/**
 * Warns about topics that existed already and whose settings lose records. Returns the size in
 * bytes of the largest record batch that all topics accept, but at most the default of a broker.
 * Without permission to read the settings, it returns this default.
 */
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
      notify(`topic '${topic}' is compacted: of an edited toot only the last record remains`);
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

/** Returns the reason for one topic. kafkajs puts the reasons of several topics into one error. */
function topicReason(error: unknown): string {
  const errors = error instanceof Error ? (error as { errors?: unknown }).errors : undefined;
  return reasonOf(Array.isArray(errors) && errors.length > 0 ? errors[0] : error);
}
