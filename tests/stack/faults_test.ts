/**
 * Tests every fault that the parts of the stack can have, with the real parts. All published
 * statuses must be in the topic and in the lake, and exactly once in the view.
 *
 * These tests kill the broker, so they run their own stack. `.ci/stack` must have downloaded its
 * parts. `STACK_FAULTS=full` waits as long as in real outages: 90 s without a broker, a minute
 * without an object store. `STACK_FAULT=poison` runs the faults with that word in their names.
 */
// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { canStartOwn, type OwnStack, startOwn } from "./own.ts";
import {
  type Counts,
  type Pipeline,
  type PipelineOptions,
  startPipeline,
  until,
} from "./pipeline.ts";
import type { Program } from "./program.ts";
import { stackTest } from "./stack.ts";

const full = Deno.env.get("STACK_FAULTS") === "full";
/** Runs only the faults with this text in their names. */
const only = Deno.env.get("STACK_FAULT") ?? "";
const own = await canStartOwn();
if (!own) console.error("faults_test.ts: skipped, .ci/stack has not fetched a stack to break");

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** Waits until a program has printed this, for at most a minute. */
const says = (program: Program, what: RegExp) =>
  until(String(what), () => Promise.resolve(what.test(program.said())), 60);

interface Fault extends PipelineOptions {
  name: string;
  /** The number of published statuses, 100 per second. Default 1,500. */
  posts?: number;
  /** Starts the programs. */
  start(pipeline: Pipeline): void;
  /** Called in the middle of the run, while statuses are published. */
  act(stack: OwnStack, pipeline: Pipeline): Promise<void>;
  /** Makes further checks besides the counts. */
  look?(pipeline: Pipeline): Promise<void>;
}

const oneAndOne = (pipeline: Pipeline) => {
  pipeline.listener();
  pipeline.sink();
};

const away = (...which: Parameters<OwnStack["kill"]>) =>
(seconds: number) =>
async (
  stack: OwnStack,
) => {
  await stack.kill(...which);
  await wait(seconds);
  await stack.up(...which);
};

const faults: Fault[] = [
  { name: "nothing happens", start: oneAndOne, act: async () => {} },
  {
    name: "broker killed, back after 5 s",
    start: oneAndOne,
    act: away("kafka")(5),
  },
  ...(full
    ? [{
      name: "broker killed, back after 90 s",
      // Posts are published all the time, more of them than fit into the listener's memory.
      posts: 12_000,
      start: oneAndOne,
      act: away("kafka")(90),
    }]
    : []),
  {
    name: "registry down, and a sink that starts meanwhile",
    start: (pipeline) => void pipeline.listener(),
    async act(stack, pipeline) {
      await stack.kill("registry");
      pipeline.sink();
      await wait(8);
      await stack.up("registry");
    },
  },
  {
    name: `object store down for ${full ? 60 : 15} s`,
    posts: full ? 8_000 : 1_500,
    start: oneAndOne,
    act: away("minio")(full ? 60 : 15),
  },
  {
    name: "four partitions",
    partitions: 4,
    start: oneAndOne,
    act: async () => {},
  },
  {
    name: "two sinks, one killed",
    posts: 3_000,
    partitions: 4,
    start: (pipeline) => void pipeline.listener(),
    async act(_, pipeline) {
      const doomed = pipeline.sink();
      await says(doomed, / rows in /);
      const heir = pipeline.sink();
      await says(heir, / rows in /);
      await doomed.kill(); // The sink may be collecting, writing or committing now.
    },
  },
  {
    name: "listener killed and started again",
    start: (pipeline) => void pipeline.sink(),
    async act(_, pipeline) {
      const first = pipeline.listener();
      await pipeline.untilInTopic(50);
      await first.kill();
      pipeline.listener();
    },
  },
  {
    name: "two listeners on one server",
    start(pipeline) {
      pipeline.listener("a");
      pipeline.listener("b");
      pipeline.sink();
    },
    act: async () => {},
  },
  {
    name: "poison in the topic",
    start: oneAndOne,
    async act(_, { kafka, topic }) {
      const producer = kafka.producer();
      await producer.connect();
      await producer.send({
        topic,
        messages: [
          { key: "not-avro", value: "hello" },
          { key: "empty", value: "" },
          { key: "unknown-schema", value: Buffer.from([0, 0, 0x0f, 0x42, 0x3f, 1, 2, 3]) },
          { key: "cut-off", value: Buffer.from([0, 0, 0, 0, 1, 2]) },
          { key: "tombstone", value: null },
        ],
      });
      await producer.disconnect();
    },
    async look({ deadKeys }) {
      // A tombstone is not an error: it says that a key is deleted.
      const keys = [...new Set(await deadKeys())].sort();
      assert.deepEqual(keys, ["cut-off", "empty", "not-avro", "unknown-schema"]);
    },
  },
];

const table: Record<string, Counts> = {};

stackTest(
  "every fault: published = in the topic = in the lake = in the view",
  async (_, t) => {
    const stack = await startOwn("faults");
    try {
      for (const fault of faults.filter(({ name }) => name.includes(only))) {
        await t.step({
          name: fault.name,
          sanitizeOps: false,
          sanitizeResources: false,
          fn: async () => {
            const pipeline = await startPipeline(stack, "faults", fault);
            try {
              fault.start(pipeline);
              const posting = pipeline.federation.run({ rate: 100, count: fault.posts ?? 1_500 });
              await wait(4);
              await fault.act(stack, pipeline);
              await posting;
              const counts = await pipeline.settle();
              table[fault.name] = counts;
              const { published, inTopic, inLake, inView } = counts;
              assert.deepEqual([inTopic, inLake, inView], [published, published, published]);
              await fault.look?.(pipeline);
            } finally {
              await pipeline.close();
            }
          },
        });
      }
    } finally {
      console.table(table);
      await stack.close();
    }
  },
  { ignore: !own },
);
