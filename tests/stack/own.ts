/**
 * A stack for one test file alone, so that the test may kill the broker. `.ci/stack` starts this
 * stack. All other test files share another stack.
 *
 * @module
 */
import { httpfs } from "./httpfs.ts";
import type { Stack } from "./stack.ts";

/** The parts of a stack. */
export type Service = "kafka" | "registry" | "minio";

/** A stack whose parts a test may kill. */
export interface OwnStack extends Stack {
  /** Sends SIGKILL to parts of the stack. */
  kill(...services: Service[]): Promise<void>;
  /** Starts killed parts again, with their data. Resolves when they answer. */
  up(...services: Service[]): Promise<void>;
  /** Stops the stack and deletes its data. */
  close(): Promise<void>;
}

const script = new URL("../../.ci/stack", import.meta.url).pathname;

/**
 * Returns true if `.ci/stack` has downloaded its parts, so that a second stack starts within
 * seconds.
 */
export async function canStartOwn(): Promise<boolean> {
  const home = Deno.env.get("STACK_HOME") ?? new URL("../../.stack", import.meta.url).pathname;
  try {
    for await (const { name } of Deno.readDir(home)) if (name.startsWith("kafka-")) return true;
  } catch {
    return false;
  }
  return false;
}

/** Returns ports that are free at the moment. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

/** Starts a stack of this name on free ports, with no data. */
export async function startOwn(name: string): Promise<OwnStack> {
  const [kafka, controller, registry, minio, minioConsole] = freePorts(5).map(String);
  const bucket = "mastodon";
  const env = {
    STACK_INSTANCE: name,
    KAFKA_PORT: kafka!,
    KAFKA_CONTROLLER_PORT: controller!,
    REGISTRY_PORT: registry!,
    MINIO_PORT: minio!,
    MINIO_CONSOLE_PORT: minioConsole!,
    MINIO_BUCKET: bucket,
    AWS_ACCESS_KEY_ID: "minio",
    AWS_SECRET_ACCESS_KEY: "minio123",
  };
  async function run(command: string, ...services: Service[]): Promise<void> {
    const { success, stderr } = await new Deno.Command(script, {
      args: [command, ...services],
      env,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return;
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(`.ci/stack ${command} ${services.join(" ")}: ${said}`);
  }
  // An interrupted run may have left a stack behind.
  await run("wipe");
  await run("up");
  const extension = await httpfs();
  return {
    brokers: [`127.0.0.1:${kafka}`],
    registry: `http://127.0.0.1:${registry}/apis/ccompat/v7`,
    bucket,
    env: {
      S3_ENDPOINT: `127.0.0.1:${minio}`,
      S3_USE_SSL: "false",
      S3_URL_STYLE: "path",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY,
      ...(extension ? { DUCKDB_HTTPFS: extension } : {}),
    },
    kill: (...services) => run("kill", ...services),
    up: (...services) => run("up", ...services),
    close: () => run("wipe"),
  };
}
