import assert from "node:assert/strict";
import { Failure } from "../common/failure.ts";
import { isRefused, kafkaConfig, reasonOf } from "./connection.ts";

const env = (variables: Record<string, string>) => (name: string) => variables[name];

function usageError(message: RegExp) {
  return (error: unknown) =>
    error instanceof Failure && error.exitCode === 2 && message.test(error.message);
}

Deno.test("without variables the connection is plain", () => {
  const config = kafkaConfig(["localhost:9092"], env({}));
  assert.deepEqual(config.brokers, ["localhost:9092"]);
  assert.equal(config.ssl, undefined);
  assert.equal(config.sasl, undefined);
});

Deno.test("KAFKA_SSL and its files turn TLS on", async () => {
  assert.deepEqual(kafkaConfig([], env({ KAFKA_SSL: "true" })).ssl, {});
  const pem = await Deno.makeTempFile();
  await Deno.writeTextFile(pem, "-----BEGIN CERTIFICATE-----");
  try {
    const ca = "-----BEGIN CERTIFICATE-----";
    assert.deepEqual(kafkaConfig([], env({ KAFKA_SSL_CA: pem })).ssl, { ca: [ca] });
    assert.equal(kafkaConfig([], env({ KAFKA_SSL_CA: pem, KAFKA_SSL: "false" })).ssl, undefined);
    assert.throws(
      () => kafkaConfig([], env({ KAFKA_SSL_CERT: pem })),
      usageError(/both KAFKA_SSL_CERT and KAFKA_SSL_KEY/),
    );
  } finally {
    await Deno.remove(pem);
  }
  assert.throws(
    () => kafkaConfig([], env({ KAFKA_SSL: "yes" })),
    usageError(/KAFKA_SSL: expected true or false, got 'yes'/),
  );
  assert.throws(
    () => kafkaConfig([], env({ KAFKA_SSL_CA: "/no/such.pem" })),
    usageError(/KAFKA_SSL_CA: cannot read '\/no\/such.pem'/),
  );
});

Deno.test("KAFKA_SASL_* set the credentials, and no message contains them", () => {
  const given = { KAFKA_SASL_USERNAME: "ada", KAFKA_SASL_PASSWORD: "secret" };
  for (const mechanism of ["PLAIN", "SCRAM-SHA-256", "scram-sha-512"]) {
    assert.deepEqual(kafkaConfig([], env({ ...given, KAFKA_SASL_MECHANISM: mechanism })).sasl, {
      mechanism: mechanism.toLowerCase(),
      username: "ada",
      password: "secret",
    });
  }
  assert.throws(
    () => kafkaConfig([], env({ ...given, KAFKA_SASL_MECHANISM: "GSSAPI" })),
    usageError(/^KAFKA_SASL_MECHANISM: expected PLAIN(?!.*secret).*got 'GSSAPI'/),
  );
  assert.throws(() => kafkaConfig([], env(given)), usageError(/needs KAFKA_SASL_MECHANISM/));
  assert.throws(
    () => kafkaConfig([], env({ KAFKA_SASL_MECHANISM: "PLAIN", KAFKA_SASL_USERNAME: "ada" })),
    usageError(/KAFKA_SASL_PASSWORD/),
  );
});

Deno.test("the error message names the innermost cause", () => {
  const inner = new Error("Connection error: connect ECONNREFUSED 127.0.0.1:9092");
  const outer = new Error("retries exceeded", { cause: inner });
  assert.equal(reasonOf(outer), "connect ECONNREFUSED 127.0.0.1:9092");
  assert.equal(isRefused(outer), false);
  const refused = new Error("authentication failed");
  refused.name = "KafkaJSSASLAuthenticationError";
  assert.equal(isRefused(new Error("retries exceeded", { cause: refused })), true);
});
