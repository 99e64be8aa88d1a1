/**
 * `deno task lake sink`: writes the lake from Kafka, without Kafka Connect. It writes the same
 * files as Connect's S3 sink, so a lake needs only one of the two.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { Env } from "../../common/env.ts";
import { envValue, parseTopic, parseWhole } from "../../common/command-line.ts";
import { parseBrokers } from "../../kafka/option-values.ts";
import { isS3, lakeLocation } from "../store/location.ts";
import { TOPIC_TEXT, topicOf } from "../store/topic-option.ts";
import { runSink, type SinkOptions } from "./run.ts";

const AFTER = `
A flag overrides its variable. The KAFKA_* variables set up TLS and SASL; S3_ENDPOINT,
AWS_ACCESS_KEY_ID and the other AWS_* variables set up the object store. Start the command on several
machines with the same group, and Kafka divides the partitions among them.`;

const BROKERS = "localhost:9092";

/** Creates the command. `run` receives the options. */
export function sinkCommand(run: (options: Omit<SinkOptions, "signal">) => void, env: Env) {
  const or = (name: string, fallback: string) => env(name) || fallback;
  return new Command("sink")
    .description("Write the lake from Kafka, as a member of a consumer group.")
    .option(
      "--brokers <host:port,…>",
      `Kafka brokers (default: ${BROKERS}) [MASTODON_BROKERS]`,
      parseBrokers,
    )
    .option(
      "--registry <url>",
      "schema registry [MASTODON_REGISTRY]",
      or("MASTODON_REGISTRY", "http://localhost:8081"),
    )
    .option("--topic <name>", TOPIC_TEXT, parseTopic)
    .option("--lake <path|s3://…>", "lake to write [LAKE]", or("LAKE", "data/lake"))
    .option("--group <name>", "consumer group (default: one for each lake)")
    .option("--rows <n>", "maximum rows per file", parseWhole(1, 10_000_000), 50_000)
    .option(
      "--age <seconds>",
      "write a file when its oldest row is this old",
      parseWhole(1, 86_400),
      60,
    )
    .option(
      "--dead-letters <topic|file>",
      "where to store unreadable messages: a topic, or `file` for <data>/sink-dead-letters.jsonl",
      "mastodon-dead-letter",
    )
    .option(
      "--data <path>",
      "folder of sink-dead-letters.jsonl (default: the folder that contains the lake; data for s3://)",
    )
    .addHelpText("after", AFTER)
    .allowExcessArguments(false)
    .action((given) => {
      const lake = lakeLocation(given.lake);
      const topic = topicOf(given.topic, env);
      const data = given.data ?? (isS3(lake) ? "data" : dirname(lake));
      run({
        brokers: given.brokers ?? envValue(env, "MASTODON_BROKERS", parseBrokers, BROKERS),
        registry: given.registry,
        topic,
        lake,
        group: given.group ?? groupOf(lake, topic),
        rows: given.rows,
        age: given.age * 1_000,
        deadLetters: given.deadLetters === "file"
          ? { file: join(data, "sink-dead-letters.jsonl") }
          : { topic: given.deadLetters },
      });
    });
}

/**
 * Names the consumer group of a lake. Sinks of the same lake share the partitions, and sinks of
 * different lakes each get all messages.
 */
export function groupOf(lake: string, topic: string, host: () => string = Deno.hostname): string {
  const place = isS3(lake) ? lake : `${host()}:${resolve(lake)}`;
  const digest = createHash("sha256").update(`${place} ${topic}`).digest("hex");
  return `mastodon-lake-sink-${digest.slice(0, 8)}`;
}

/**
 * Runs the sink until the signal is aborted.
 *
 * @param say prints a line on the terminal
 * @throws {Failure} if it cannot continue
 */
export async function sink(
  options: Omit<SinkOptions, "signal">,
  signal: AbortSignal,
  say: (line: string) => void,
  env: Env,
): Promise<void> {
  const time = () => new Date().toISOString().slice(11, 19);
  const info = (message: string) => say(`${time()} ${message}`);
  const warn = (message: string) => say(`${time()} warning: ${message}`);
  info(`${options.topic} of ${options.brokers} → ${options.lake}, group ${options.group}`);
  const done = await runSink({ ...options, signal }, { env, info, warn });
  info(
    `${done.rows.toLocaleString("en")} rows in ${done.files} files` +
      (done.unreadable > 0 ? `, ${done.unreadable} unreadable messages` : ""),
  );
}
