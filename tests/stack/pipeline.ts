/**
 * The whole pipeline with real parts: a federation, listeners that write to Kafka, and sinks that
 * write the lake in the object store. It also counts the toots in each part.
 *
 * @module
 */
import { Kafka } from "kafkajs";
import { coverageTopic, deleteTopic } from "../../record/record.ts";
import { quietly } from "../../kafka/quiet.ts";
import "../../kafka/zstd.ts"; // Adds zstd, with which the listener compresses.
import { createViews, openLake } from "../../lake/mod.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { type Federation, startFederation } from "../../simulator/mod.ts";
import { type Program, startProgram } from "./program.ts";
import { fresh, setting, type Stack } from "./stack.ts";

/** The counts of a {@linkcode Pipeline}. */
export interface Counts {
  /** The statuses that the simulator published. */
  published: number;
  /** The posts (by `uri`) and the records in the topic. Some posts may have several records. */
  inTopic: number;
  recordsInTopic: number;
  /** The posts and the records in the raw files of the lake. */
  inLake: number;
  recordsInLake: number;
  /** The rows of the view. */
  inView: number;
}

/** Options of {@linkcode startPipeline}. */
export interface PipelineOptions {
  partitions?: number;
  servers?: number;
}

/** A federation, and a topic and a lake for one test. */
export interface Pipeline {
  readonly federation: Federation;
  readonly topic: string;
  readonly kafka: Kafka;
  readonly lake: string;
  /**
   * Starts a listener to every server of the federation. `name` is the name of its data folder.
   */
  listener(name?: string): Program;
  /** Starts a sink in the consumer group that all sinks of this pipeline share. */
  sink(): Program;
  /** Returns the keys of the records in the topic of toots, one per record. */
  topicKeys(): Promise<string[]>;
  /** Returns the keys of the messages that the sink could not read. */
  deadKeys(): Promise<string[]>;
  /** Returns the `uri`s in the raw lake and in the view, one per row. */
  lakeRows(): Promise<{ raw: string[]; view: string[] }>;
  /** Waits until the topic contains this many posts. */
  untilInTopic(posts: number): Promise<void>;
  /**
   * Waits until all published statuses are in the view, and returns the counts. Rejects after three
   * minutes, with the counts in the message.
   */
  settle(): Promise<Counts>;
  /** Stops the programs, and removes the topics and files. */
  close(): Promise<void>;
}

/**
 * Repeats a check until it returns true, because the real parts do not report when they are done.
 */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  seconds = 120,
): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!await holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Creates the federation, the topics and the lake's location. */
export async function startPipeline(
  stack: Stack,
  name: string,
  { partitions = 1, servers = 1 }: PipelineOptions = {},
): Promise<Pipeline> {
  const id = fresh(name);
  const topic = `${id}-topic`;
  const deadLetters = `${id}-dead-letter`;
  const topics = [topic, deleteTopic(topic), coverageTopic(topic)];
  const lake = `s3://${stack.bucket}/${id}`;
  const data = await Deno.makeTempDir({ prefix: "stack-" });
  const kafka = new Kafka({ brokers: stack.brokers, clientId: id, ...quietly });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: partitions })),
  });
  await admin.disconnect();
  // All authors are local and nobody deletes, so that all published statuses can be found.
  const federation = await startFederation({
    servers,
    rateLimit: Infinity,
    outside: 0,
    edits: 0,
    deletes: 0,
  });
  const programs: Program[] = [];
  const kafkaFlags = [
    ...["--brokers", stack.brokers.join(",")],
    ...["--registry", stack.registry],
    ...["--topic", topic],
  ];
  const start = (...args: string[]) => {
    const program = startProgram(args, stack.env);
    programs.push(program);
    return program;
  };

  /**
   * Returns the keys of the messages that a topic contains now and whose values `counts` accepts.
   */
  async function keysOf(topic: string, counts: (value: ArrayLike<number> | null) => boolean) {
    const consumer = kafka.consumer({ groupId: `${id}-${crypto.randomUUID()}` });
    const admin = kafka.admin();
    await Promise.all([consumer.connect(), admin.connect()]);
    try {
      const ends = new Map(
        (await admin.fetchTopicOffsets(topic)).map((p) => [p.partition, Number(p.high)]),
      );
      for (const [partition, high] of ends) if (high === 0) ends.delete(partition);
      const keys: string[] = [];
      if (ends.size === 0) return keys;
      await consumer.subscribe({ topic, fromBeginning: true });
      const { promise, resolve } = Promise.withResolvers<void>();
      await consumer.run({
        eachBatch: ({ batch }) => {
          for (const { key, value } of batch.messages) {
            if (counts(value)) keys.push(String(key));
          }
          if (Number(batch.lastOffset()) >= (ends.get(batch.partition) ?? Infinity) - 1) {
            ends.delete(batch.partition);
            if (ends.size === 0) resolve();
          }
          return Promise.resolve();
        },
      });
      await promise;
      return keys;
    } finally {
      await Promise.all([consumer.disconnect(), admin.disconnect()]);
    }
  }

  /**
   * Returns the keys of the listener's messages. These start with a zero byte, and are longer than
   * the invalid messages of the tests.
   */
  const topicKeys = () => keysOf(topic, (value) => value?.[0] === 0 && value.length > 50);

  const store = openStore(lake, setting(stack));
  async function lakeRows() {
    const open = await openLake({ location: lake, env: setting(stack) });
    try {
      await createViews(open, { topic });
      const uris = async (view: string) =>
        (await open.query<{ uri: string }>(`select uri from ${view}`)).map(({ uri }) => uri);
      return { raw: await uris("mastodon_toot_raw"), view: await uris("mastodon_toot") };
    } finally {
      await open.close();
    }
  }

  return {
    federation,
    topic,
    kafka,
    lake,
    topicKeys,
    deadKeys: () => keysOf(deadLetters, () => true),
    lakeRows,
    listener: (name = "a") =>
      start(
        "listener/main.ts",
        ...federation.servers.flatMap(({ baseURL }) => ["--baseURL", baseURL]),
        ...["--token", federation.servers[0]!.token, "--enableKafka", ...kafkaFlags],
        ...["--consent", "none", "--since", "all", "--data", `${data}/${name}`, "--quiet"],
      ),
    sink: () =>
      start(
        ...["lake/main.ts", "sink", ...kafkaFlags, "--lake", lake, "--group", `${id}-sink`],
        ...["--age", "2", "--dead-letters", deadLetters],
      ),
    untilInTopic: (posts) =>
      until(
        `${posts} posts in the topic`,
        async () => new Set(await topicKeys()).size >= posts,
      ),
    async settle() {
      const truth = new Set(federation.truth().map(({ uri }) => uri));
      let counts: Counts | undefined;
      const look = async () => {
        const keys = await topicKeys();
        const { raw, view } = await lakeRows();
        counts = {
          published: truth.size,
          inTopic: new Set(keys).size,
          recordsInTopic: keys.length,
          inLake: new Set(raw).size,
          recordsInLake: raw.length,
          inView: view.length,
        };
        return view.length >= truth.size && view.every((uri) => truth.has(uri));
      };
      await until("all in the view", look, 180).catch((error: Error) => {
        const said = programs.map((program) => program.said()).join("\n--\n");
        throw new Error(`${error.message}; ${JSON.stringify(counts)}\n${said}`);
      });
      return counts!;
    },
    async close() {
      await Promise.all(programs.map((program) => program.stop()));
      await federation.close();
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [...topics, deadLetters] }).catch(() => {});
      await admin.disconnect();
      await store.remove((await store.list("")).map(({ path }) => path));
      await Deno.remove(data, { recursive: true });
    },
  };
}
