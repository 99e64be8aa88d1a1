/**
 * From Kafka to the lake, until the signal says stop.
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
import { type Claim, claimInFolder } from "../write/partition.ts";
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import { openRowFiles } from "../write/row-file.ts";
import { openStore } from "../store/open-store.ts";
import { type Consumer, openConsumer } from "./consumer.ts";
import { deadLetterFile, type DeadLetters, deadLetterTopic } from "./dead-letters.ts";
import { type Decoder, type Kind, openDecoder } from "./decode.ts";
import { createLander, type Lander, type LanderTotals, type Place } from "./lander.ts";
import { openLanding } from "./landing.ts";

/** What {@linkcode runSink} is told. */
export interface SinkOptions {
  readonly brokers: readonly string[];
  readonly registry: string;
  /** The topic of toots; those of deletes and coverage go with it. */
  readonly topic: string;
  /** A folder, or `s3://bucket`. */
  readonly lake: string;
  readonly group: string;
  /** Where messages go that cannot be read. */
  readonly deadLetters: { readonly topic: string } | { readonly file: string };
  /** Rows of a file at most. */
  readonly rows: number;
  /** Milliseconds that a row waits for its file at most. */
  readonly age: number;
  /** Milliseconds that the end may take where broker or object store are away. Default: 15,000. */
  readonly stopWithin?: number;
  /** Bytes of a file's values at most. Default 32 MiB; four times that over all partitions. */
  readonly bytes?: number;
  readonly signal: AbortSignal;
}

/** The world outside. */
export interface SinkDeps {
  readonly env: Env;
  /** What a person should know. */
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Milliseconds between two looks at the age of what waits, and at topics that are missing. */
const TICK = 1_000;
const LOOK = 10_000;

/**
 * Writes the lake from the topics, as one of the group.
 *
 * @returns what was done
 * @throws {Failure} where it cannot go on, or could not end with everything written
 */
export async function runSink(options: SinkOptions, deps: SinkDeps): Promise<LanderTotals> {
  const { topic, lake, signal, bytes = 32 * 2 ** 20 } = options;
  const { env, info } = deps;
  const warn = withoutEcho(deps.warn);
  const config = kafkaConfig(options.brokers, env);
  const registry = openRegistry(options.registry, env);
  const store = openStore(lake, env);
  /** How to retry what goes to Kafka, to the registry or to the object store. */
  const retries = (what: string) => ({
    ...{ base: 250, cap: 5_000, notify: warn, signal },
    describe: (error: unknown) => `${what} does not answer (${reasonOf(error)})`,
    recovered: `${what} answers again`,
  });
  const registryRetries = {
    ...retries(`the schema registry at ${options.registry}`),
    retryable: (error: unknown) => error instanceof RegistryAway,
  };

  // Checked before anything is read: a wrong bucket or address does not make a message unreadable.
  const unlessStopped = (error: unknown) => {
    if (!signal.aborted) throw error;
  };
  await retryStore(() => store.list("topics/.none"), { notify: warn, signal }).catch(unlessStopped);
  await retry(() => registry.check(), registryRetries).catch(unlessStopped);

  const files = await openRowFiles();
  const graveyard: DeadLetters = "file" in options.deadLetters
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

  async function open(place: Place) {
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
  const uncommitted = sayOnceAMinute(warn);
  const lander = createLander({
    open,
    commit: async (place, offset) => await consumer?.commit(place, offset),
    async bury(letter) {
      const where = `${letter.topic}/${letter.partition} offset ${letter.offset}`;
      await retry(() => graveyard.add([letter]), {
        ...retries(graveyard.name),
        retryable: isKafka,
      });
      // A producer of something else in the topic shall not fill the terminal.
      const before = lander.totals.poison;
      if (before < 10 || before % 1_000 === 0) {
        warn(`${where} is no record (${letter.reason}); kept in ${graveyard.name}`);
      }
    },
    rows: options.rows,
    bytes,
    total: 4 * bytes,
    age: options.age,
    now: Date.now,
    onFile: ({ path, rows }) => info(`${rows.toLocaleString("en")} rows in ${path}`),
  });

  /** One membership in the group: from joining to a crash, a stop, or a topic that has come. */
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
        uncommitted(`offsets are not committed (${reason}); what was written may be written again`),
    });
    const ticking = setInterval(() => void lander.flush().catch(failed.reject), TICK);
    const { promise: stop, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
    const missing = () =>
      void present(config, topic).then((t) => t.length > topics.length && resolve());
    const looking = topics.length < 3 ? setInterval(missing, LOOK) : undefined;
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
  const missing = sayOnceAMinute(warn);
  try {
    while (!signal.aborted) {
      try {
        const topics = await present(config, topic);
        if (topics.includes(topic)) await member(topics, outage.succeeded);
        else {
          missing(`topic '${topic}' is not there yet; waiting for a listener to make it`);
          await sleep(systemClock, 5 * TICK, signal);
        }
      } catch (error) {
        if (isRefused(error)) {
          throw new Failure(
            `--brokers ${options.brokers}: Kafka refuses us: ${reasonOf(error)}; KAFKA_SASL_* ` +
              `says who we are`,
            { cause: error },
          );
        }
        if (signal.aborted && !(error instanceof Failure)) break;
        if (!isKafka(error)) throw error;
        await outage.failed(error);
      }
    }
    return lander.totals;
  } finally {
    await graveyard.close();
    for (const claim of claims.values()) (await claim.catch(() => null))?.release();
    // Never under somebody's hands: DuckDB does not survive it. What an outage holds up ends
    // with the process.
    const settled = lander.settled().then(() => true);
    if (await Promise.race([settled, sleep(systemClock, 5_000).then(() => false)])) {
      files.close();
    }
  }
}

/** Which of our topics are there. */
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

/** Writes and commits all there is. */
async function finish(lander: Lander, within: number): Promise<void> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Failure(
          `not everything could be written within ${within / 1000} s; it is still in Kafka, and ` +
            `the next start goes on from there`,
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

/** kafkajs names its errors so; whatever they say, beginning anew may help. */
function isKafka(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith("KafkaJS");
}

function sayOnceAMinute(say: (message: string) => void): (message: string) => void {
  let said = -Infinity;
  return (message) => {
    if (Date.now() - said < 60_000) return;
    said = Date.now();
    say(message);
  };
}

/** Every partition finds out by itself that the object store is away; once will do. */
function withoutEcho(say: (message: string) => void): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const now = Date.now();
    for (const [text, at] of said) if (now - at >= 20_000) said.delete(text);
    if (said.has(message)) return;
    said.set(message, now);
    say(message);
  };
}
