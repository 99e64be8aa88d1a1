/**
 * The stacks that the smoke test can run on.
 *
 * @module
 */
import { openConnect } from "../../kafka/connect/client.ts";
import { register } from "../../kafka/connect/register.ts";
import sinkConfig from "../../config/mastodon-sink-s3-minio.json" with { type: "json" };
import { freePorts, startOwn } from "../stack/own.ts";
import { startProgram } from "../stack/program.ts";

/** A running stack that belongs to the smoke test. */
export interface SmokeStack {
  readonly brokers: string;
  readonly registry: string;
  /** The lake that the sink writes. */
  readonly lake: string;
  /** The settings of the object store. */
  readonly env: Readonly<Record<string, string>>;
  /** Waits until Connect's sink runs, and throws if it fails. Does nothing without Connect. */
  checkSink(): Promise<void>;
  /** Returns the last output of the parts, to find out what failed. */
  logs(): Promise<string>;
  /** Stops the stack and deletes its data. */
  close(): Promise<void>;
}

/** Reports progress. */
export type Say = (line: string) => void;

/**
 * The name of the Compose project. It must not be `mastodon-stream`, because that stack has the
 * user's data and this one is deleted.
 */
const PROJECT = "mastodon-stream-smoke";
const PORTS = ["KAFKA_PORT", "REGISTRY_PORT", "CONNECT_PORT", "MINIO_PORT", "MINIO_CONSOLE_PORT"];
const ROOT = new URL("../../", import.meta.url);

/**
 * Starts `docker-compose.yml` as a separate project on free ports, so that another stack can run
 * beside it.
 *
 * @param docker the command; tests pass a different one
 */
export async function startCompose(say: Say, docker = "docker"): Promise<SmokeStack> {
  const ports = Object.fromEntries(
    freePorts(PORTS.length).map((port, i) => [PORTS[i]!, `${port}`]),
  );
  const compose = async (...args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command(docker, {
      args: ["compose", "-p", PROJECT, ...args],
      cwd: ROOT,
      env: ports,
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    if (!success) throw new Error(`docker compose ${args.join(" ")}: ${text.trim()}`);
    return text;
  };
  const logs = () => compose("logs", "--no-color", "--tail", "40").catch(String);
  const close = async () => void await compose("down", "--volumes", "--remove-orphans");
  await close(); // An earlier run may have been interrupted.
  say("docker compose up -d --wait");
  try {
    await compose("up", "-d", "--wait", "--wait-timeout", "900");
  } catch (error) {
    say(await logs());
    await close();
    throw error;
  }
  say((await compose("ps", "--all")).trim());
  const { MINIO_ROOT_USER, MINIO_ROOT_PASSWORD, MINIO_BUCKET } = await dotenv();
  return {
    brokers: `localhost:${ports.KAFKA_PORT}`,
    registry: `http://localhost:${ports.REGISTRY_PORT}`,
    lake: `s3://${MINIO_BUCKET}`,
    env: {
      S3_ENDPOINT: `localhost:${ports.MINIO_PORT}`,
      S3_USE_SSL: "false",
      S3_URL_STYLE: "path",
      AWS_ACCESS_KEY_ID: MINIO_ROOT_USER!,
      AWS_SECRET_ACCESS_KEY: MINIO_ROOT_PASSWORD!,
    },
    checkSink: () =>
      register({
        connect: openConnect(`http://localhost:${ports.CONNECT_PORT}`),
        name: sinkConfig.name,
        config: sinkConfig,
        watch: false,
        signal: AbortSignal.timeout(300_000),
        say,
      }),
    logs,
    close,
  };
}

/** Reads Compose's settings. The environment has priority over `.env`. */
async function dotenv(): Promise<Record<string, string>> {
  const lines = (await Deno.readTextFile(new URL(".env", ROOT))).split("\n");
  return Object.fromEntries(
    lines.filter((line) => /^\w+=/.test(line)).map((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line)!;
      return [name!, Deno.env.get(name!) ?? value!];
    }),
  );
}

/** Starts `.ci/stack` with `deno task lake sink` in Connect's place. */
export async function startWithoutDocker(say: Say): Promise<SmokeStack> {
  say(".ci/stack up");
  const stack = await startOwn("smoke");
  const brokers = stack.brokers.join(","), { registry } = stack;
  const lake = `s3://${stack.bucket}`;
  const sink = startProgram([
    ...["lake/main.ts", "sink", "--brokers", brokers, "--registry", registry],
    ...["--lake", lake, "--age", "2"],
  ], stack.env);
  return {
    brokers,
    registry,
    lake,
    env: stack.env,
    // There is nothing to check here: if the sink has failed, `close` throws the reason.
    checkSink: () => Promise.resolve(),
    logs: () => Promise.resolve(sink.said()),
    async close() {
      try {
        await sink.stop();
      } finally {
        await stack.close();
      }
    },
  };
}
