/**
 * Finds the real parts that the tests of this folder need, and checks whether they answer.
 * `.ci/stack up` or `docker compose up -d` starts them. Environment variables contain their
 * addresses.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { AwsClient } from "aws4fetch";
import { Kafka, logLevel } from "kafkajs";
import { s3Settings } from "../../lake/store/s3-settings.ts";
import { httpfs } from "./httpfs.ts";

/** The addresses of the stack. */
export interface Stack {
  readonly brokers: string[];
  readonly registry: string;
  readonly bucket: string;
  /** The settings of the object store that differ from the environment, and the path of httpfs. */
  readonly env: Record<string, string>;
}

const env = (name: string) => Deno.env.get(name) || undefined;

/** Returns a function that reads settings as a program does that is started for this stack. */
export function setting(stack: Stack): (name: string) => string | undefined {
  return (name) => stack.env[name] ?? env(name);
}

async function brokersAnswer(brokers: string[]): Promise<void> {
  const admin = new Kafka({
    brokers,
    clientId: "stack-tests",
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

/**
 * Finds the address of the registry. Confluent's registry answers at the root, and Apicurio under a
 * path.
 */
async function findRegistry(): Promise<string> {
  const given = env("MASTODON_REGISTRY");
  const candidates = given
    ? [given]
    : ["http://localhost:8081", "http://localhost:8081/apis/ccompat/v7"];
  for (const url of candidates) {
    const answer = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) })
      .then(async (response) => response.ok && Array.isArray(await response.json()))
      .catch(() => false);
    if (answer) return url;
  }
  throw new Error(`no schema registry answers at ${candidates.join(" or ")}`);
}

/** Sends one signed request to the object store. */
export async function s3(
  method: string,
  path: string,
  settings: (name: string) => string | undefined = env,
): Promise<Response> {
  const { accessKeyId, secretAccessKey, region, endpoint, useSsl } = s3Settings(settings);
  const aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  return await aws.fetch(`${useSsl ? "https" : "http"}://${endpoint}/${path}`, {
    method,
    signal: AbortSignal.timeout(5_000),
  });
}

async function bucketAnswers(bucket: string): Promise<void> {
  const response = await s3("GET", `${bucket}?max-keys=1`);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`bucket ${bucket}: ${response.status}`);
}

/**
 * Sends each part of the stack a request that only a working part can answer.
 *
 * @throws {Error} that names the first part that does not answer
 */
export async function findStack(): Promise<Stack> {
  const brokers = (env("MASTODON_BROKERS") ?? "localhost:9092").split(",");
  const bucket = env("MINIO_BUCKET") ?? "mastodon";
  const [registry, extension] = await Promise.all([
    findRegistry(),
    httpfs(),
    brokersAnswer(brokers).catch((cause) => {
      throw new Error(`no broker answers at ${brokers}`, { cause });
    }),
    bucketAnswers(bucket).catch((cause) => {
      throw new Error(`no object store with the bucket ${bucket}`, { cause });
    }),
  ]);
  // The lake in this process and in its children finds the extension through this variable.
  if (extension !== undefined) Deno.env.set("DUCKDB_HTTPFS", extension);
  return { brokers, registry, bucket, env: extension ? { DUCKDB_HTTPFS: extension } : {} };
}

const found = await findStack().catch((error: Error) => error);
if (found instanceof Error && Deno.env.get("STACK_REQUIRED") !== "1") {
  const file = Deno.mainModule.split("/").at(-1);
  console.error(
    `${file}: skipped, ${found.message}; .ci/stack up or docker compose up -d starts it`,
  );
}

/**
 * Defines a test that needs the stack. If the stack does not answer, the test is skipped. With
 * `STACK_REQUIRED=1` it fails instead.
 */
export function stackTest(
  name: string,
  run: (stack: Stack, t: Deno.TestContext) => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: ignore || (found instanceof Error && Deno.env.get("STACK_REQUIRED") !== "1"),
    // Clients of the broker keep sockets and timers for a moment after they are closed.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (t) => {
      if (found instanceof Error) throw found;
      await run(found, t);
    },
  });
}

/** Returns a different name in each run, so that runs do not read each other's records. */
export function fresh(name: string): string {
  return `${name}-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 4)}`;
}
