/**
 * The settings of the connection to a Kafka cluster, local or managed.
 *
 * | variable | meaning |
 * | --- | --- |
 * | `KAFKA_SSL` | `true` or `false`; default: `true` if one of the next three is set |
 * | `KAFKA_SSL_CA` | PEM file of the authority that signed the brokers' certificates |
 * | `KAFKA_SSL_CERT`, `KAFKA_SSL_KEY` | PEM files of a client certificate and its key |
 * | `KAFKA_SASL_MECHANISM` | `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512` |
 * | `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD` | name and password |
 *
 * @module
 */
import type { KafkaConfig, SASLOptions } from "kafkajs";
import { type Env, processEnv } from "../common/env.ts";
import { Failure } from "../common/failure.ts";
import { quietly } from "./quiet.ts";

/** The timeout for opening a TCP or TLS connection, in milliseconds. */
const CONNECT = 5_000;

/**
 * Returns the settings of kafkajs.
 *
 * @throws {Failure} if a variable has an invalid value
 */
export function kafkaConfig(brokers: readonly string[], env: Env = processEnv): KafkaConfig {
  const ssl = sslOf(env);
  const sasl = saslOf(env);
  return {
    clientId: "mastodon-stream",
    brokers: [...brokers],
    connectionTimeout: CONNECT,
    authenticationTimeout: 2 * CONNECT,
    // kafkajs gives up after a short time. The callers of kafkajs retry for longer, and tell the
    // user about it.
    retry: { retries: 2, initialRetryTime: 200, maxRetryTime: 2_000 },
    ...(ssl === null ? {} : { ssl }),
    ...(sasl === null ? {} : { sasl }),
    ...quietly,
  };
}

function sslOf(env: Env): NonNullable<KafkaConfig["ssl"]> | null {
  const given = env("KAFKA_SSL") || null;
  if (given !== null && given !== "true" && given !== "false") {
    throw new Failure(`KAFKA_SSL: expected true or false, got '${given}'`, { exitCode: 2 });
  }
  const ca = pem(env, "KAFKA_SSL_CA");
  const cert = pem(env, "KAFKA_SSL_CERT");
  const key = pem(env, "KAFKA_SSL_KEY");
  if ((cert === null) !== (key === null)) {
    throw new Failure("set both KAFKA_SSL_CERT and KAFKA_SSL_KEY, or neither", { exitCode: 2 });
  }
  if (given === "false" || (given === null && ca === null && cert === null)) return null;
  return {
    ...(ca === null ? {} : { ca: [ca] }),
    ...(cert === null || key === null ? {} : { cert, key }),
  };
}

function pem(env: Env, name: string): string | null {
  const path = env(name);
  if (!path) return null;
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    throw new Failure(`${name}: cannot read '${path}'`, { exitCode: 2, cause });
  }
}

function saslOf(env: Env): SASLOptions | null {
  const given = env("KAFKA_SASL_MECHANISM");
  if (!given) {
    if (!env("KAFKA_SASL_USERNAME")) return null;
    throw new Failure(
      "KAFKA_SASL_USERNAME needs KAFKA_SASL_MECHANISM: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
      { exitCode: 2 },
    );
  }
  const mechanism = given.toLowerCase();
  if (
    mechanism !== "plain" && mechanism !== "scram-sha-256" && mechanism !== "scram-sha-512"
  ) {
    throw new Failure(
      `KAFKA_SASL_MECHANISM: expected PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, got '${given}'`,
      { exitCode: 2 },
    );
  }
  const username = env("KAFKA_SASL_USERNAME");
  const password = env("KAFKA_SASL_PASSWORD");
  if (!username || !password) {
    throw new Failure(
      `KAFKA_SASL_MECHANISM ${given} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`,
      { exitCode: 2 },
    );
  }
  return { mechanism, username, password } as SASLOptions;
}

/** Returns the innermost reason for an error of a Kafka client, in a few words. */
export function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof Error ? inner.message : String(inner);
  return text.replace(/^(Connection|Request) error: /, "").trim() || "no reason given";
}

/** Returns true if the broker refused our name and password, so that waiting cannot help. */
export function isRefused(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner.name === "KafkaJSSASLAuthenticationError") return true;
  }
  return false;
}
