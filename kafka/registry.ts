/**
 * The schema registry: which schema stands behind the number in a message.
 *
 * @module
 */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import avro from "avsc";
import { type AvroType, type RecordType, typeHook } from "../record/avro.ts";
import { type Env, processEnv } from "../common/env.ts";
import { Failure } from "../common/failure.ts";
import { reasonOf } from "./connection.ts";
import { misfit } from "./compatibility.ts";

/** The registry does not answer, or only with an error of its own: worth trying again. */
export class RegistryAway extends Error {
  override readonly name = "RegistryAway";
}

/** What is used of a registry. */
export interface Registry {
  /**
   * Makes the record's schema the newest of `subject` and answers its number. The
   * subject is set to BACKWARD where it promised less: a reader of the new schema
   * must read what was written with the one before.
   *
   * @throws {RegistryAway} where it does not answer
   * @throws {Failure} where it refuses, naming the field
   */
  register(subject: string, record: RecordType): Promise<number>;
  /**
   * The type that wrote the messages of a number; null where there is no such
   * number, or it is no Avro.
   *
   * @throws {RegistryAway} where it does not answer
   */
  writer(id: number): Promise<AvroType | null>;
  /**
   * Makes sure that a registry is there.
   *
   * @throws {RegistryAway} where nothing answers
   * @throws {Failure} where something else does, or it refuses us
   */
  check(): Promise<void>;
}

/** Milliseconds until an answer is given up. */
const PATIENCE = 5_000;

/** Levels that promise at least what BACKWARD does. */
const KEEPS_BACKWARD = /^(BACKWARD|FULL)(_TRANSITIVE)?$/;

/**
 * Opens a registry that speaks Confluent's API. `KAFKA_REGISTRY_USERNAME` and
 * `KAFKA_REGISTRY_PASSWORD` are for one that asks who we are.
 *
 * @param url such as `http://localhost:8081`
 * @throws {Failure} where the URL is none
 */
export function openRegistry(
  url: string,
  env: Env = processEnv,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Registry {
  const host = hostOf(url);
  const username = env("KAFKA_REGISTRY_USERNAME");
  const password = env("KAFKA_REGISTRY_PASSWORD") ?? "";
  const auth = username ? { username, password } : null;
  const client = new SchemaRegistry({
    host,
    clientId: "mastodon-stream",
    retry: { retries: 0 },
    middlewares: [patience],
    ...(auth === null ? {} : { auth }),
  }, { [SchemaType.AVRO]: { typeHook: (schema) => typeHook(schema) } });

  /** The few questions that the client does not ask. */
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = new Headers({ "content-type": "application/vnd.schemaregistry.v1+json" });
    if (auth !== null) headers.set("authorization", `Basic ${btoa(`${username}:${password}`)}`);
    let response: Response;
    try {
      response = await fetch(`${host}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(PATIENCE),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      // Of "error sending request for url (…): client error (Connect): …" only the end says why.
      const why = reasonOf(cause).replace(/^error sending request.*: (?=[^:]+$)/s, "");
      throw new RegistryAway(why);
    }
    if (response.status >= 500) {
      throw new RegistryAway(`HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`);
    }
    return response;
  }

  /** The level that the subject has set for itself; null where it has none. */
  async function levelOf(subject: string): Promise<string | null> {
    const response = await ask("GET", `/config/${encodeURIComponent(subject)}`);
    if (response.ok) {
      return String((await response.json() as { compatibilityLevel?: unknown }).compatibilityLevel);
    }
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw refusal(host, response.status);
  }

  /** Sees to it that the subject promises BACKWARD or more; gives what it promises then. */
  async function keepBackward(subject: string): Promise<string> {
    const level = await levelOf(subject);
    if (level !== null && KEEPS_BACKWARD.test(level)) return level;
    // Apicurio answers NONE for a subject that has set nothing, and takes a level only
    // once there is a version: for a new subject the client sets it after the first one.
    if (await isNew(subject)) return COMPATIBILITY.BACKWARD;
    const answer = await ask("PUT", `/config/${encodeURIComponent(subject)}`, {
      compatibility: COMPATIBILITY.BACKWARD,
    });
    await answer.body?.cancel();
    if (!answer.ok) throw refusal(host, answer.status);
    return COMPATIBILITY.BACKWARD;
  }

  async function isNew(subject: string): Promise<boolean> {
    const response = await ask("GET", `/subjects/${encodeURIComponent(subject)}/versions`);
    await response.body?.cancel();
    return response.status === 404;
  }

  /** Why the newest version and ours do not go together; null where we see no reason. */
  async function explain(subject: string, level: string, schema: string): Promise<string | null> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const response = await ask("GET", path).catch(() => null);
    if (response === null || !response.ok) return null;
    const { schema: before } = await response.json() as { schema: string };
    return misfit(schema, before) ?? (level.startsWith("FULL") ? misfit(before, schema) : null);
  }

  return {
    async register(subject, { schema }) {
      for (let tries = 1;; tries++) {
        const level = await keepBackward(subject);
        try {
          const { id } = await client.register(
            { type: SchemaType.AVRO, schema },
            { subject, compatibility: level as COMPATIBILITY },
          );
          return id;
        } catch (error) {
          // Somebody else was between registering the first version and setting its level.
          const outrun = (error as Error).name === "ConfluentSchemaRegistryCompatibilityError";
          if (outrun && tries < 5) continue;
          const { status, message } = answerOf(error);
          if (status >= 500 || outrun) throw new RegistryAway(message, { cause: error });
          if (status !== 409) throw refusal(host, status, message, error);
          const why = await explain(subject, level, schema);
          // Apicurio also says 409 where another listener registers the same at this moment.
          if (why === null && tries < 5) continue;
          throw new Failure(
            `the registry refuses our schema for '${subject}' (${level}): ${why ?? message}`,
            { cause: error },
          );
        }
      }
    },

    async writer(id) {
      let type: unknown;
      try {
        type = await client.getSchema(id);
      } catch (error) {
        const { status, message } = answerOf(error);
        // No such number; or a text that is no schema of ours to read.
        if ((status === 404 && !message.startsWith("Error, status")) || status === 0) return null;
        if (status >= 500) throw new RegistryAway(message, { cause: error });
        throw refusal(host, status, message, error);
      }
      return avro.Type.isType(type) ? type as AvroType : null;
    },

    async check() {
      const response = await ask("GET", "/subjects");
      const subjects = response.ok ? await response.json().catch(() => null) : null;
      if (!Array.isArray(subjects)) throw refusal(host, response.ok ? 404 : response.status);
    },
  };
}

function hostOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new Failure(`--registry: '${url}' is no http:// or https:// URL`, { exitCode: 2 });
  }
  if (parsed.username !== "") {
    throw new Failure(
      "--registry: name and password belong in KAFKA_REGISTRY_USERNAME and KAFKA_REGISTRY_PASSWORD",
      { exitCode: 2 },
    );
  }
  return parsed.href.replace(/\/+$/, "");
}

/** What the client threw, as an HTTP status (0 where it was none) and a text. */
function answerOf(error: unknown): { status: number; message: string } {
  const { status, message } = error as { status?: unknown; message?: unknown };
  const text = String(message ?? error).replace(/^mastodon-stream - /, "");
  // The client calls a connection that failed 400 too; a registry gives its 400 a message.
  const [, failed] = /^Error, status 400: (.*)$/s.exec(text) ?? [];
  if (failed !== undefined) return { status: 503, message: failed };
  return { status: typeof status === "number" ? status : 0, message: text };
}

function refusal(host: string, status: number, message = "", cause?: unknown): Failure {
  switch (status) {
    case 401:
    case 403:
      return new Failure(
        `the schema registry at ${host} refuses us (${status}); see KAFKA_REGISTRY_USERNAME and ` +
          `KAFKA_REGISTRY_PASSWORD`,
        { cause },
      );
    case 404:
      return new Failure(
        `--registry: no schema registry answers under ${host} (404); ` +
          `Apicurio's is at …/apis/ccompat/v7`,
        { cause },
      );
  }
  return new Failure(`the schema registry at ${host} says ${status}: ${message}`, { cause });
}

// Without it the client waits for an answer for ever.
// deno-lint-ignore no-explicit-any
const patience: any = () => ({
  prepareRequest: async (next: () => Promise<{ enhance(extra: object): unknown }>) =>
    (await next()).enhance({ timeout: PATIENCE }),
});
