/**
 * `deno task lake sink`: writes the lake from Kafka, where Kafka Connect's S3
 * sink cannot be had. Same files, same names; one of the two for a lake.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../../common/failure.ts";
import type { Env } from "../../common/env.ts";
import { brokerList } from "../../kafka/connection.ts";
import { isS3, tidyLocation } from "../store/location.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { runSink, type SinkOptions } from "./run.ts";

const AFTER = `
A flag is stronger than its variable. TLS and SASL are set by the KAFKA_* variables, the object
store by S3_ENDPOINT, AWS_ACCESS_KEY_ID and the others. Start it on several machines, with the same
group, and Kafka divides the partitions among them.`;

/** The command; \`run\` is told the options. */
export function sinkCommand(run: (options: Omit<SinkOptions, "signal">) => void, env: Env) {
  const or = (name: string, fallback: string) => env(name) || fallback;
  return new Command("sink")
    .description("Write the lake from Kafka, as one of a consumer group.")
    .option(
      "--brokers <host:port,…>",
      "of Kafka [MASTODON_BROKERS]",
      or("MASTODON_BROKERS", "localhost:9092"),
    )
    .option(
      "--registry <url>",
      "of schemas [MASTODON_REGISTRY]",
      or("MASTODON_REGISTRY", "http://localhost:8081"),
    )
    .option(
      "--topic <name>",
      "of toots; those of deletes and coverage go with it [MASTODON_TOPIC]",
      or("MASTODON_TOPIC", TOOT_TOPIC),
    )
    .option("--lake <path|s3://…>", "where it writes [LAKE]", or("LAKE", "data/lake"))
    .option("--group <name>", "consumer group (default: one of its own for each lake)")
    .option("--rows <n>", "rows of a file at most", whole(1, 10_000_000), 50_000)
    .option("--age <seconds>", "so long a row waits for its file at most", whole(1, 86_400), 60)
    .option(
      "--dead-letters <topic|file>",
      "where messages go that are no records: a topic, or `file` for <data>/sink-dead-letters.jsonl",
      "mastodon-dead-letter",
    )
    .option("--data <path>", "that folder (default: the one that holds the lake)")
    .addHelpText("after", AFTER)
    .allowExcessArguments(false)
    .action((given) => {
      const lake = tidyLocation(given.lake);
      const data = given.data ?? (isS3(lake) ? "data" : dirname(lake));
      run({
        brokers: brokerList(given.brokers),
        registry: given.registry,
        topic: given.topic,
        lake,
        group: given.group ?? groupOf(lake, given.topic),
        rows: given.rows,
        age: given.age * 1_000,
        deadLetters: given.deadLetters === "file"
          ? { file: join(data, "sink-dead-letters.jsonl") }
          : { topic: given.deadLetters },
      });
    });
}

/**
 * One group for each lake: sinks of the same lake share the partitions, those of
 * two lakes each get everything.
 */
export function groupOf(lake: string, topic: string, host: () => string = Deno.hostname): string {
  const place = isS3(lake) ? lake : `${host()}:${resolve(lake)}`;
  const digest = createHash("sha256").update(`${place} ${topic}`).digest("hex");
  return `mastodon-lake-sink-${digest.slice(0, 8)}`;
}

function whole(least: number, most: number) {
  return (text: string) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`it is no whole number from ${least} to ${most}`);
  };
}

/**
 * Runs the sink until it is told to stop.
 *
 * @param say takes a line for the terminal
 * @throws {Failure} where it cannot go on
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
  if (!/^[\w.-]{1,249}$/.test(options.topic)) {
    throw new Failure(`--topic: '${options.topic}' is no name of a topic`, { exitCode: 2 });
  }
  info(`${options.topic} of ${options.brokers} → ${options.lake}, group ${options.group}`);
  const done = await runSink({ ...options, signal }, { env, info, warn });
  info(
    `${done.rows.toLocaleString("en")} rows in ${done.files} files` +
      (done.poison > 0 ? `, ${done.poison} messages that are no records` : ""),
  );
}
