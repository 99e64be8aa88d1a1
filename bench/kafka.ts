/**
 * `deno task bench:kafka` measures how fast a listener writes a stream to Kafka as Avro,
 * acknowledged by all in-sync replicas. In the same run it measures `kafka/peer.py`, which works
 * like the original project. The simulator, the listener and the broker share this machine, and
 * their processor time is reported separately.
 *
 * It needs a stack: run `.ci/stack up` or `docker compose up -d`. If the broker and the registry do
 * not use the ports 9092 and 8081, also run `eval "$(.ci/stack env)"`.
 *
 * Usage: `deno task bench:kafka [--toots 1000000] [--peer-toots 10000] [--runs 3]`
 *
 * @module
 */
// deno-lint-ignore-file no-console
import kafkajs from "kafkajs";
import { Failure } from "../common/failure.ts";
import { kafkaConfig } from "../kafka/connection.ts";
import { parseBrokers } from "../kafka/option-values.ts";
import { deleteTopic } from "../record/record.ts";
import { peerPython } from "./venv.ts";
import { cpuSeconds, lastLine, machine, measure, median, type Usage } from "./process.ts";
import { benchOptions, wholeFlag } from "./options.ts";

const values = benchOptions({
  options: {
    toots: { type: "string", default: "1000000" },
    "peer-toots": { type: "string", default: "10000" },
    runs: { type: "string", default: "3" },
    partitions: { type: "string", default: "1" },
  },
});
const toots = wholeFlag("toots", values.toots, 1);
const peerToots = wholeFlag("peer-toots", values["peer-toots"], 1);
const runs = wholeFlag("runs", values.runs, 1);
const env = (name: string, fallback: string) => Deno.env.get(name) || fallback;
const brokers = env("MASTODON_BROKERS", "localhost:9092");
const registry = env("MASTODON_REGISTRY", "http://localhost:8081");
const kafka = new kafkajs.Kafka(kafkaConfig(parseBrokers(brokers)));

/** The result of the listener or of `peer.py` in one run. */
interface Result extends Usage {
  toots: number;
  /** The number of messages in the topic after the run. */
  messages: number;
  /** The processor seconds of the simulator. */
  simulatorCpu: number;
  /** The processor seconds of the broker during the run; NaN if its process is not known. */
  brokerCpu: number;
}

/**
 * Returns the process id of the broker if `.ci/stack` started it, to measure its processor time.
 */
async function brokerPid(): Promise<number | null> {
  const home = env("STACK_HOME", new URL("../.stack", import.meta.url).pathname);
  const instance = env("STACK_INSTANCE", "");
  const file = `${home}${instance && `/instance-${instance}`}/run/kafka.pid`;
  return await Deno.readTextFile(file).then(Number, () => null);
}

interface Server {
  readonly baseURL: string;
  readonly token: string;
  cpu(): number;
  close(): Promise<void>;
}

/** Starts a program of this project, and waits for the line that it prints when it is ready. */
async function start(...args: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: ready = "" } = await reader.read();
  return {
    ready: ready.trim(),
    cpu: () => cpuSeconds(child.pid),
    async close() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Starts a simulator of one server. It posts nothing before {@linkcode goFast} is called. */
async function startSimulator(): Promise<Server> {
  const { ready, ...simulator } = await start(
    ...["simulator/main.ts", "--servers", "1", "--port", "0", "--history", "0", "--rate", "0"],
    ...["--rate-limit", "0"],
  );
  const [server] = (JSON.parse(ready) as { servers: { baseURL: string; token: string }[] }).servers;
  return { ...server!, ...simulator };
}

async function goFast({ baseURL }: Server): Promise<void> {
  const answer = await fetch(`${baseURL}/admin/rate`, {
    method: "POST",
    body: JSON.stringify({ rate: "max" }),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the simulator's admin says ${answer.status}`);
}

async function messagesIn(topics: string[]): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = (await admin.listTopics()).filter((topic) => topics.includes(topic));
    let messages = 0;
    for (const topic of there) {
      for (const { high } of await admin.fetchTopicOffsets(topic)) messages += Number(high);
    }
    await admin.deleteTopics({ topics: there });
    return messages;
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

let serial = 0;
const newTopic = () => `bench-${Deno.pid}-${++serial}-topic`;

/**
 * Starts a program with `command`, lets the simulator post at full speed, and measures the program
 * from its start to its exit.
 */
async function run(
  what: string,
  count: number,
  topic: string,
  command: (server: Server) => Promise<{ child: Deno.ChildProcess; close?: () => Promise<void> }>,
): Promise<Result> {
  const broker = await brokerPid();
  const simulator = await startSimulator();
  try {
    const brokerBefore = broker === null ? 0 : cpuSeconds(broker);
    const { child, close } = await command(simulator);
    const measured = measure(child);
    const said = lastLine(child.stderr);
    await goFast(simulator);
    const usage = await measured;
    if (usage.exitCode !== 0) {
      throw new Failure(`${what} exited with ${usage.exitCode}: ${await said}`);
    }
    const result = {
      ...usage,
      toots: count,
      messages: await messagesIn([topic]),
      simulatorCpu: simulator.cpu(),
      brokerCpu: broker === null ? NaN : cpuSeconds(broker) - brokerBefore,
    };
    await close?.();
    return result;
  } finally {
    await simulator.close();
  }
}

async function ours(): Promise<Result> {
  const topic = newTopic();
  const folder = await Deno.makeTempDir();
  try {
    return await run("the listener", toots, topic, ({ baseURL, token }) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "listener/main.ts", "--baseURL", baseURL, "--enableKafka"],
          ...["--brokers", brokers, "--registry", registry, "--topic", topic],
          ...["--data", folder, "--limit", String(toots), "--quiet", "--log", "json"],
        ],
        env: { MASTODON_TOKEN: token },
        stdout: "null",
        stderr: "piped",
      }).spawn();
      return Promise.resolve({ child });
    });
  } finally {
    await messagesIn([deleteTopic(topic)]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function peer(python: string): Promise<Result> {
  const topic = newTopic();
  await makeTopic(topic);
  return await run("the original's way", peerToots, topic, async ({ baseURL, token }) => {
    const sse = await start("bench/kafka/sse.ts", baseURL, token);
    const child = new Deno.Command(python, {
      args: [
        new URL("kafka/peer.py", import.meta.url).pathname,
        ...[sse.ready, token, brokers, registry, topic, String(peerToots)],
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return { child, close: sse.close };
  });
}

const perSecond = ({ toots, seconds }: Result) => toots / seconds;
const whole = (figure: number) => Math.round(figure).toLocaleString("en");

async function main(): Promise<void> {
  const requirements = new URL("kafka/requirements.txt", import.meta.url);
  const python = await peerPython("kafka", requirements, console.error);
  console.error(
    `${whole(toots)} toots, the original's way ${whole(peerToots)}, ${runs} runs; ${machine()}`,
  );
  const results: { ours: Result; peer: Result }[] = [];
  for (let i = 1; i <= runs; i++) {
    const result = { ours: await ours(), peer: await peer(python) };
    results.push(result);
    console.error(
      `run ${i}: ${whole(perSecond(result.ours))} toots/s, the original's way ${
        whole(perSecond(result.peer))
      }`,
    );
  }
  const middle = (side: "ours" | "peer", figure: (result: Result) => number) =>
    median(results.map((result) => figure(result[side])));
  const row = (label: string, figure: (result: Result) => number, show = whole) =>
    `| ${label} | ${show(middle("ours", figure))} | ${show(middle("peer", figure))} |`;
  const micro = (seconds: (result: Result) => number) => (result: Result) =>
    seconds(result) * 1e6 / result.toots;
  const ratio = median(results.map(({ ours, peer }) => perSecond(ours) / perSecond(peer)));

  console.log(`
| simulator → listener → Kafka, median of ${runs} | listener | the original's way |
| --- | ---: | ---: |
${row("toots", ({ toots }) => toots)}
${row("toots a second, start-up included", perSecond)}
| ratio | ${ratio.toFixed(1)} | 1 |
${row("processor time of the listener, µs a toot", micro(({ cpuSeconds }) => cpuSeconds))}
${row("of the broker, µs a toot", micro(({ brokerCpu }) => brokerCpu))}
${row("of the simulator, µs a toot", micro(({ simulatorCpu }) => simulatorCpu))}
${row("peak memory of the listener, MiB", ({ peakMiB }) => peakMiB)}
${row("messages in the topic", ({ messages }) => messages)}

Machine: ${machine()}; ${new Date().toISOString().slice(0, 10)}.`);
}

const code = await main().then(() => 0, (error) => {
  console.error(error instanceof Failure ? `bench: ${error.message}` : error);
  return error instanceof Failure ? error.exitCode : 1;
});
Deno.exit(code);
