/**
 * A client of the schema registry. The registry knows the schema for the number in a message.
 *
 * @module
 */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import avro from "avsc";
import { type AvroType, type RecordType, typeHook } from "../record/avro.ts";
import { type Env, processEnv } from "../common/env.ts";
import { Failure } from "../common/failure.ts";
import { reasonOf } from "./connection.ts";
import { incompatibility } from "./compatibility.ts";

/**
 * Thrown if the registry does not answer, or answers with a server error. Another attempt may
 * succeed.
 */
export class RegistryAway extends Error {
  override readonly name = "RegistryAway";
}

/** The methods of a registry that we use. */
export interface Registry {
  /**
   * Registers the record's schema as the newest schema of `subject`, and returns its number. If the
   * compatibility level of the subject is not at least as strict as BACKWARD, it is set to
   * BACKWARD: a reader with the new schema must be able to read messages of the previous schema.
   *
   * @throws {RegistryAway} if the registry does not answer
   * @throws {Failure} if the registry refuses the schema; the message names the field
   */
  register(subject: string, record: RecordType): Promise<number>;
  /**
   * Returns the Avro type for reading messages with this schema number; null if the registry does
   * not know the number, or if its schema is not Avro.
   *
   * @throws {RegistryAway} if the registry does not answer
   * @throws {Failure} if the registry refuses the request
   */
  writer(id: number): Promise<AvroType | null>;
  /**
   * Checks that a registry answers.
   *
   * @throws {RegistryAway} if nothing answers
   * @throws {Failure} if something that is not a registry answers, or if the registry refuses
   * access
   */
  check(): Promise<void>;
}

/** The timeout for an answer, in milliseconds. */
const TIMEOUT = 5_000;

/** The compatibility levels that are at least as strict as BACKWARD. */
const KEEPS_BACKWARD = /^(BACKWARD|FULL)(_TRANSITIVE)?$/;

/**
 * Opens a registry that speaks Confluent's API. `KAFKA_REGISTRY_USERNAME` and
 * `KAFKA_REGISTRY_PASSWORD` are sent as basic authentication if they are set.
 *
 * @param url such as `http://localhost:8081`
 * @throws {Failure} if `url` is not an http or https URL, or contains a password
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
    middlewares: [withTimeout],
    ...(auth === null ? {} : { auth }),
  }, { [SchemaType.AVRO]: { typeHook: (schema) => typeHook(schema) } });

  /** Sends a request that the client library does not offer, and returns the answer. */
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = new Headers({ "content-type": "application/vnd.schemaregistry.v1+json" });
    if (auth !== null) headers.set("authorization", `Basic ${btoa(`${username}:${password}`)}`);
    let response: Response;
    try {
      response = await fetch(`${host}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      // In "error sending request for url (…): client error (Connect): …" only the end is the
      // reason.
      const why = reasonOf(cause).replace(/^error sending request.*: (?=[^:]+$)/s, "");
      throw new RegistryAway(why);
    }
    if (response.status >= 500) {
      throw new RegistryAway(`HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`);
    }
    return response;
  }

  /** Returns the compatibility level of the subject itself; null if it has none of its own. */
  async function levelOf(subject: string): Promise<string | null> {
    const response = await ask("GET", `/config/${encodeURIComponent(subject)}`);
    if (response.ok) {
      return String((await response.json() as { compatibilityLevel?: unknown }).compatibilityLevel);
    }
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw refusal(host, response.status);
  }

  /**
   * Sets the subject's level to BACKWARD, unless it is at least as strict already or the subject is
   * new. Returns the resulting level, which the client library needs to register the schema.
   */
  async function keepBackward(subject: string): Promise<string> {
    const level = await levelOf(subject);
    if (level !== null && KEEPS_BACKWARD.test(level)) return level;
    // Apicurio answers NONE for a subject without a level, and accepts a level only after the first
    // version. So for a new subject, the client library sets the level later.
    if (await isNew(subject)) return COMPATIBILITY.BACKWARD;
    const answer = await ask("PUT", `/config/${encodeURIComponent(subject)}`, {
      compatibility: COMPATIBILITY.BACKWARD,
    });
    await answer.body?.cancel();
    // Apicurio answers 409 while another listener sets the level of the same subject.
    if (!answer.ok && answer.status !== 409) throw refusal(host, answer.status);
    return COMPATIBILITY.BACKWARD;
  }

  async function isNew(subject: string): Promise<boolean> {
    const response = await ask("GET", `/subjects/${encodeURIComponent(subject)}/versions`);
    await response.body?.cancel();
    return response.status === 404;
  }

  /**
   * Returns why the newest registered version and our schema are incompatible; null if no reason is
   * found.
   */
  async function explain(subject: string, level: string, schema: string): Promise<string | null> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const response = await ask("GET", path).catch(() => null);
    if (response === null || !response.ok) return null;
    const { schema: before } = await response.json() as { schema: string };
    return incompatibility(schema, before) ??
      (level.startsWith("FULL") ? incompatibility(before, schema) : null);
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
          // Another client had just registered the first version, but not set the level yet.
          const outrun = (error as Error).name === "ConfluentSchemaRegistryCompatibilityError";
          if (outrun && tries < 5) continue;
          const { status, message } = answerOf(error);
          if (status >= 500 || outrun) throw new RegistryAway(message, { cause: error });
          if (status !== 409) throw refusal(host, status, message, error);
          const why = await explain(subject, level, schema);
          // Apicurio also answers 409 while another listener registers the same schema.
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
        // The number is unknown, or its schema cannot be read.
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
    throw new Failure(
      `--registry: expected a URL that begins with http:// or https://, got '${url}'`,
      { exitCode: 2 },
    );
  }
  if (parsed.username !== "") {
    throw new Failure(
      "--registry: the URL contains a password; set KAFKA_REGISTRY_USERNAME and KAFKA_REGISTRY_PASSWORD",
      { exitCode: 2 },
    );
  }
  return parsed.href.replace(/\/+$/, "");
}

/** Returns an error of the client library as an HTTP status (0 if there was none) and a text. */
function answerOf(error: unknown): { status: number; message: string } {
  const { status, message } = error as { status?: unknown; message?: unknown };
  const text = String(message ?? error).replace(/^mastodon-stream - /, "");
  // The client library also reports a failed connection as 400, with the text below. If a registry
  // itself answers 400, the text is different.
  const [, failed] = /^Error, status 400: (.*)$/s.exec(text) ?? [];
  if (failed !== undefined) return { status: 503, message: failed };
  return { status: typeof status === "number" ? status : 0, message: text };
}

function refusal(host: string, status: number, message = "", cause?: unknown): Failure {
  switch (status) {
    case 401:
    case 403:
      return new Failure(
        `the schema registry at ${host} refuses us (${status}); check ` +
          `KAFKA_REGISTRY_USERNAME and KAFKA_REGISTRY_PASSWORD`,
        { cause },
      );
    case 404:
      return new Failure(
        `--registry: no schema registry answers at ${host} (404); ` +
          `that of Apicurio is at …/apis/ccompat/v7`,
        { cause },
      );
  }
  return new Failure(`the schema registry at ${host} answers ${status}: ${message}`, { cause });
}

// Without a timeout the client waits for an answer forever.
// deno-lint-ignore no-explicit-any
const withTimeout: any = () => ({
  prepareRequest: async (next: () => Promise<{ enhance(extra: object): unknown }>) =>
    (await next()).enhance({ timeout: TIMEOUT }),
});
