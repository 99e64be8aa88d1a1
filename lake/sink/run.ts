/**
 * Writes the lake from Kafka until the signal is aborted.
 *
 * @module
 */
import kafkajs, { type KafkaConfig } from "kafkajs";
import { Failure } from "../../common/failure.ts";
import type { Env } from "../../common/env.ts";
import { isRefused, kafkaConfig, reasonOf } from "../../kafka/connection.ts";
import { sleep, systemClock } from "../../common/clock.ts";
import { createOutage, retry } from "../../common/retry.ts";
import { openRegistry, RegistryAway } from "../../kafka/registry.ts";
import { isS3 } from "../store/location.ts";
import { retryStore } from "../store/retry-store.ts";
import type { Claim } from "../write/claim/claim.ts";
import { claimInFolder } from "../write/claim/in-folder.ts";
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import { openRowFiles } from "../write/row-file.ts";
import { openStore } from "../store/open-store.ts";
import { type Consumer, openConsumer } from "./consumer.ts";
import { deadLetterFile, type DeadLetters, deadLetterTopic } from "./dead-letters.ts";
import { type Decoder, type Kind, openDecoder } from "./decode.ts";
import { createLander, type Lander, type LanderTotals, type TopicPartition } from "./lander.ts";
import { openLanding } from "./landing.ts";

/** Options of {@linkcode runSink}. */
export interface SinkOptions {
  readonly brokers: readonly string[];
  readonly registry: string;
  /** The topic of toots. The names of the topics of deletes and coverage are derived from it. */
  readonly topic: string;
  /** The lake: a folder or `s3://bucket`. */
  readonly lake: string;
  readonly group: string;
  /** Where unreadable messages are stored. */
  readonly deadLetters: { readonly topic: string } | { readonly file: string };
  /** The maximum number of rows in a file. */
  readonly rows: number;
  /** The longest time from a file's first row until the file is written, in milliseconds. */
  readonly age: number;
  /**
   * When the sink stops, it takes at most this many milliseconds to write and commit the remaining
   * rows, because the broker or the object store may be unreachable. Default: 15,000.
   */
  readonly stopWithin?: number;
  /**
   * A file is written when its values take this many bytes. Default: 32 MiB. The unwritten files of
   * all partitions together may take four times as many bytes.
   */
  readonly bytes?: number;
  readonly signal: AbortSignal;
}

/** External effects that tests replace. */
export interface SinkDeps {
  readonly env: Env;
  /** Prints a line for the user. */
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Milliseconds between two checks of the age of waiting rows. */
const FLUSH_EVERY = 1_000;
/** Milliseconds between two checks for topics that do not exist yet. */
const LIST_TOPICS_EVERY = 10_000;

/**
 * Writes the lake from the topics, as a member of the consumer group.
 *
 * @returns the totals
 * @throws {Failure} if it cannot continue, or could not write all rows within `stopWithin`
 */
export async function runSink(options: SinkOptions, deps: SinkDeps): Promise<LanderTotals> {
  const { topic, lake, signal, bytes = 32 * 2 ** 20 } = options;
  const { env, info } = deps;
  const warn = withoutRepeats(deps.warn);
  const config = kafkaConfig(options.brokers, env);
  const registry = openRegistry(options.registry, env);
  const store = openStore(lake, env);
  /** How to retry while `what` (Kafka, the registry or the dead letters) does not answer. */
  const retries = (what: string) => ({
    ...{ base: 250, cap: 5_000, notify: warn, signal },
    describe: (error: unknown) => `${what} does not answer (${reasonOf(error)})`,
    recovered: `${what} answers again`,
  });
  const registryRetries = {
    ...retries(`the schema registry at ${options.registry}`),
    retryable: (error: unknown) => error instanceof RegistryAway,
  };

  // The addresses are checked before any message is read, because a wrong address must not turn
  // messages into dead letters.
  const unlessStopped = (error: unknown) => {
    if (!signal.aborted) throw error;
  };
  await retryStore(() => store.list("topics/.none"), { notify: warn, signal }).catch(unlessStopped);
  await retry(() => registry.check(), registryRetries).catch(unlessStopped);

  const files = await openRowFiles();
  const deadLetters: DeadLetters = "file" in options.deadLetters
    ? deadLetterFile(options.deadLetters.file)
    : deadLetterTopic(config, options.deadLetters.topic);
  const claims = new Map<number, Promise<Claim>>();

  function retrying(decoder: Decoder): Decoder {
    return { ...decoder, learn: (values) => retry(() => decoder.learn(values), registryRetries) };
  }
  const decoders = {
    toot: retrying(openDecoder("toot", registry)),
    deletion: retrying(openDecoder("deletion", registry)),
    coverage: retrying(openDecoder("coverage", registry)),
  };
  const kinds: Record<string, Kind> = {
    [topic]: "toot",
    [deleteTopic(topic)]: "deletion",
    [coverageTopic(topic)]: "coverage",
  };

  async function open(place: TopicPartition) {
    const { partition } = place;
    if (!isS3(lake) && !claims.has(partition)) {
      claims.set(partition, claimInFolder(store, `kafka ${topic}`, partition, { shared: true }));
    }
    await claims.get(partition);
    const kind = kinds[place.topic]!;
    return openLanding(place, {
      store,
      files,
      kind,
      decoder: decoders[kind],
      retry: { notify: warn },
    });
  }

  let consumer: Consumer | null = null;
  const uncommitted = oncePerMinute(warn);
  const lander = createLander({
    open,
    commit: async (place, offset) => await consumer?.commit(place, offset),
    async deadLetter(letter) {
      const where = `${letter.topic}/${letter.partition} offset ${letter.offset}`;
      await retry(() => deadLetters.add([letter]), {
        ...retries(deadLetters.name),
        retryable: isKafkaError,
      });
      // If another program writes other data to the topic, warnings must not fill the terminal.
      const before = lander.totals.unreadable;
      if (before < 10 || before % 1_000 === 0) {
        warn(`${where} cannot be read (${letter.reason}); it is stored in ${deadLetters.name}`);
      }
    },
    rows: options.rows,
    bytes,
    total: 4 * bytes,
    age: options.age,
    now: Date.now,
    onFile: ({ path, rows }) => info(`${rows.toLocaleString("en")} rows in ${path}`),
  });

  /**
   * Runs one membership in the group. It ends after a crash or a stop, or when a missing topic
   * appears.
   */
  async function member(topics: readonly string[], joined: () => void): Promise<void> {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    consumer = await openConsumer({
      ...{ config, group: options.group, topics },
      onAssigned(places) {
        lander.reset();
        joined();
        info(`reading ${places.map((p) => `${p.topic}/${p.partition}`).join(", ") || "nothing"}`);
      },
      onMessages: (place, messages) => lander.take(place, messages),
      onUncommitted: (reason) =>
        uncommitted(`cannot commit offsets (${reason}); some rows may be written again`),
    });
    const ticking = setInterval(() => void lander.flush().catch(failed.reject), FLUSH_EVERY);
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
    const missing = () =>
      void present(config, topic).then((t) => t.length > topics.length && resolve());
    const looking = topics.length < 3 ? setInterval(missing, LIST_TOPICS_EVERY) : undefined;
    try {
      const crash = consumer.crashed.then((error) => Promise.reject(error));
      await Promise.race([crash, failed.promise, stop]);
      consumer.pause();
      await finish(lander, options.stopWithin ?? 15_000);
    } finally {
      clearInterval(ticking);
      clearInterval(looking);
      lander.reset();
      await consumer.close();
      consumer = null;
    }
  }

  const outage = createOutage(retries(`Kafka at ${options.brokers}`));
  const missing = oncePerMinute(warn);
  try {
    while (!signal.aborted) {
      try {
        const topics = await present(config, topic);
        if (topics.includes(topic)) await member(topics, outage.succeeded);
        else {
          missing(`topic '${topic}' does not exist yet; waiting for a listener to create it`);
          await sleep(systemClock, 5 * FLUSH_EVERY, signal);
        }
      } catch (error) {
        if (isRefused(error)) {
          throw new Failure(
            `--brokers ${options.brokers}: Kafka refuses us: ${reasonOf(error)}; set ` +
              `KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`,
            { cause: error },
          );
        }
        if (signal.aborted && !(error instanceof Failure)) break;
        if (!isKafkaError(error)) throw error;
        await outage.failed(error);
      }
    }
    return lander.totals;
  } finally {
    await deadLetters.close();
    for (const claim of claims.values()) (await claim.catch(() => null))?.release();
    // DuckDB would crash if it were closed while a file is in use. Work that still waits for an
    // unreachable service after five seconds ends with the process.
    const settled = lander.settled().then(() => true);
    if (await Promise.race([settled, sleep(systemClock, 5_000).then(() => false)])) {
      files.close();
    }
  }
}

/** Returns which of the three topics exist. */
async function present(config: KafkaConfig, topic: string): Promise<string[]> {
  const admin = new kafkajs.Kafka(config).admin();
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    return [topic, deleteTopic(topic), coverageTopic(topic)].filter((name) => there.has(name));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Writes and commits all remaining rows, or fails after `within` milliseconds. */
async function finish(lander: Lander, within: number): Promise<void> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Failure(
          `could not write everything within ${within / 1000} s; the rest is still in Kafka, and ` +
            `the next start continues with it`,
        ),
      );
    }, within);
  });
  try {
    await Promise.race([lander.flush(true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns true for an error of kafkajs, after which a new connection may help. */
function isKafkaError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith("KafkaJS");
}

/** Passes on at most one message a minute. */
function oncePerMinute(say: (message: string) => void): (message: string) => void {
  let said = -Infinity;
  return (message) => {
    if (Date.now() - said < 60_000) return;
    said = Date.now();
    say(message);
  };
}

/**
 * Drops a message that was passed on less than 20 seconds ago, because every partition reports the
 * same outage.
 */
function withoutRepeats(say: (message: string) => void): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const now = Date.now();
    for (const [text, at] of said) if (now - at >= 20_000) said.delete(text);
    if (said.has(message)) return;
    said.set(message, now);
    say(message);
  };
}
