import assert from "node:assert/strict";
import { parse } from "yaml";
import { s3Settings } from "../lake/store/s3-settings.ts";
import { coverageTopic, deleteTopic } from "../record/record.ts";
import config from "../deno.json" with { type: "json" };
import { type Options, parseOptions } from "../listener/options.ts";
import { PARTITIONS } from "../listener/sinks/kafka.ts";
import { startFakeConnect } from "../kafka/connect/testing/fake-connect.ts";
import { codecsOf, disagreements, type Service, type Setup } from "./compose.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(`../${path}`, import.meta.url));

/** Reads `NAME=value` lines as Compose does. */
function dotenv(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").filter((line) => /^\w+=/.test(line)).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Reads the files again, so that each test can change a copy of its own. */
function setup(): Setup {
  const s3 = s3Settings(() => undefined);
  const { kafka, topic } = parseOptions(["--enableKafka"], () => undefined) as Options;
  return {
    compose: parse(read("docker-compose.yml"), { merge: true }),
    env: dotenv(read(".env")),
    sink: JSON.parse(read("config/mastodon-sink-s3-minio.json")),
    defaults: {
      broker: kafka!.brokers.join(),
      registry: kafka!.registry,
      s3Endpoint: s3.endpoint,
      accessKey: s3.accessKeyId,
      secretKey: s3.secretAccessKey,
      bucket: "mastodon",
      topics: [topic, deleteTopic(topic), coverageTopic(topic)],
      partitions: PARTITIONS,
      denoVersion: read("README.md").match(/npx -y deno@([\d.]+)/)?.[1] ?? "none",
      v8Flags: config.tasks.listen.command.match(/--v8-flags=\S+/)?.[0] ?? "none",
    },
  };
}

Deno.test("compose file, .env, sink and defaults agree", () => {
  assert.deepEqual(disagreements(setup()), []);
});

function replaceFlag(service: Service, name: string, value: string): void {
  service.command![service.command!.indexOf(name) + 1] = value;
}

/** Changes to one of the files, each with a pattern of the line that must report it. */
const spoilt: [string, (setup: Setup) => void, RegExp][] = [
  ["the broker's port", ({ env }) => env.KAFKA_PORT = "9192", /^broker: advertises localhost:9192/],
  [
    "the broker's published port alone",
    ({ compose }) => compose.services.broker!.ports = ["127.0.0.1:9192:9092"],
    /^broker: port 9092 is not published at localhost:9092/,
  ],
  [
    "the broker's inside address",
    ({ compose }) =>
      compose.services.connect!.environment!.CONNECT_BOOTSTRAP_SERVERS = "broker:9092",
    /^connect: broker broker:9092, but it is broker:29092/,
  ],
  ["the registry's port", ({ env }) => env.REGISTRY_PORT = "8181", /^schema-registry: at .*8181/],
  [
    "the converter's registry",
    ({ sink }) => sink["value.converter.schema.registry.url"] = "http://registry:8081",
    /^the sink: registry http:\/\/registry:8081/,
  ],
  [
    "Connect's port",
    ({ env }) => env.CONNECT_PORT = "8183",
    /^connect: port 8083 is not published/,
  ],
  [
    "the connector's name",
    ({ sink }) => sink.name = "toots",
    /^the sink: its name is toots/,
  ],
  ["MinIO's port", ({ env }) => env.MINIO_PORT = "9100", /^minio: at localhost:9100/],
  [
    "the console's port",
    ({ compose }) => compose.services.minio!.command = ["server", "/data"],
    /^minio: the console's port/,
  ],
  ["store.url", ({ sink }) => sink["store.url"] = "http://minio:9100", /^the sink: store\.url/],
  ["the helper's bucket", ({ env }) => env.MINIO_BUCKET = "toots", /^the helper: bucket toots/],
  ["the sink's bucket", ({ sink }) => sink["s3.bucket.name"] = "toots", /^the sink: bucket toots/],
  [
    "MinIO's password",
    ({ env }) => env.MINIO_ROOT_PASSWORD = "other",
    /^minio: minio\/other, but the lake says minio\/minio123/,
  ],
  [
    "the sink's password",
    ({ sink }) => sink["aws.secret.access.key"] = "other",
    /^the sink: not the store's secret key/,
  ],
  [
    "the sink's variable",
    ({ sink }) => sink["aws.access.key.id"] = "${env:AWS_KEY}",
    /^the sink: not the store's access key/,
  ],
  ["a topic", ({ sink }) => sink.topics = "mastodon-topic", /^the sink: topics is mastodon-topic/],
  [
    "a key's spelling",
    ({ sink }) => {
      sink["flush.sise"] = sink["flush.size"]!;
      delete sink["flush.size"];
    },
    /^the sink: unknown key flush\.sise/,
  ],
  ["the codec", ({ sink }) => sink["parquet.codec"] = "lz4", /^the sink: .* cannot write .* lz4/],
  [
    "the sink's version",
    ({ env }) => env.S3_SINK_VERSION = "10.5.23",
    /^the sink: 10\.5\.23 cannot write parquet\.codec zstd/,
  ],
  [
    "the number of tasks, as if two topics shared them,",
    ({ sink }) => sink["tasks.max"] = String(2 * PARTITIONS),
    /^the sink: tasks\.max is \d+, but a topic has \d+ partition/,
  ],
  [
    "the reporting of tombstones",
    ({ sink }) => delete sink["report.null.values.to.dlq"],
    /^the sink: report\.null\.values\.to\.dlq is missing/,
  ],
  [
    "a key that nothing else depends on",
    ({ sink }) => delete sink["errors.log.enable"],
    /^the sink: errors\.log\.enable is missing/,
  ],
  [
    "how long the converter waits for the registry",
    ({ sink }) => sink["value.converter.max.retries"] = "3",
    /^the sink: value\.converter\.max\.retries is 3/,
  ],
  ["the time zone", ({ sink }) => delete sink.timezone, /^the sink: timezone is missing/],
  [
    "tombstones",
    ({ sink }) => sink["behavior.on.null.values"] = "fail",
    /^the sink: behavior\.on\.null\.values is fail/,
  ],
  [
    "an address for all the world",
    ({ compose }) => compose.services.minio!.ports!.push("9005:9005"),
    /^minio: port 9005:9005 is not bound to 127\.0\.0\.1/,
  ],
  [
    "a floating image",
    ({ env }) => env.KAFKA_IMAGE = "apache/kafka:latest",
    /^broker: image .*latest/,
  ],
  [
    "a floating image that is built on",
    ({ env }) => env.CONNECT_IMAGE = "confluentinc/cp-kafka-connect",
    /^connect: image .* is not pinned/,
  ],
  [
    "Deno's version",
    ({ env }) => env.DENO_IMAGE = "denoland/deno:2.0.0",
    /^listener: Deno 2\.0\.0/,
  ],
  [
    "what V8 is told",
    ({ compose }) => {
      const { listener } = compose.services;
      listener!.command = listener!.command!.map((part) => part.replace("growing-percent=45", ""));
    },
    /^listener: without --v8-flags=.*growing-percent=45, which deno task listen has/,
  ],
  ["a name in .env", ({ env }) => delete env.MINIO_PORT, /^minio: \.env has no MINIO_PORT/],
  [
    "a health check",
    ({ compose }) => delete compose.services.connect!.healthcheck,
    /^connect: no health check/,
  ],
  [
    "a condition",
    ({ compose }) => compose.services.register!.depends_on!.connect!.condition = "service_healthy",
    /^register: waits for connect with service_healthy/,
  ],
  ["a memory limit", ({ compose }) => delete compose.services.broker!.mem_limit, /no mem_limit/],
  [
    "the registry's memory",
    ({ compose }) => compose.services["schema-registry"]!.mem_limit = "512m",
    /^schema-registry: mem_limit 512m/,
  ],
  [
    "an image that is built",
    ({ compose }) => delete compose.services.connect!.pull_policy,
    /^connect: Compose looks for its image/,
  ],
  [
    "a capability",
    ({ compose }) => compose.services.minio!.cap_drop = [],
    /^minio: keeps capabilities/,
  ],
  [
    "a root file system",
    ({ compose }) => delete compose.services.register!.read_only,
    /^register: its root can be written/,
  ],
  [
    "the health check of Connect",
    ({ compose }) => compose.services.connect!.healthcheck!.test = ["CMD", "true"],
    /^connect: its health check does not look at the tasks/,
  ],
  [
    "the restart of the listener",
    ({ compose }) => compose.services.listener!.restart = "unless-stopped",
    /^listener: restart unless-stopped/,
  ],
  [
    "the explorer's lake",
    ({ compose }) => replaceFlag(compose.services.explorer!, "--lake", "s3://toots"),
    /^explorer: lake s3:\/\/toots/,
  ],
  [
    "the explorer's store",
    ({ compose }) => compose.services.explorer!.environment!.S3_ENDPOINT = "http://minio:9001",
    /^explorer: store http:\/\/minio:9001/,
  ],
  [
    "the explorer's key",
    ({ compose }) => compose.services.explorer!.environment!.AWS_ACCESS_KEY_ID = "me",
    /^explorer: not the store's access key/,
  ],
  [
    "the explorer's secret",
    ({ compose }) => delete compose.services.explorer!.environment!.AWS_SECRET_ACCESS_KEY,
    /^explorer: not the store's secret key/,
  ],
  [
    "the explorer's host",
    ({ compose }) => replaceFlag(compose.services.explorer!, "--host", "127.0.0.1"),
    /^explorer: listens on 127\.0\.0\.1/,
  ],
  [
    "the explorer's published port",
    ({ compose }) => compose.services.explorer!.ports = ["127.0.0.1:8089:8088"],
    /^explorer: port 8088 is not published at 8088/,
  ],
  [
    "the explorer's port",
    ({ compose }) => replaceFlag(compose.services.explorer!, "--port", "8089"),
    /^explorer: its health check does not ask at port 8089/,
  ],
  [
    "the explorer's root file system",
    ({ compose }) => delete compose.services.explorer!.read_only,
    /^explorer: its root can be written/,
  ],
  [
    "the explorer's folder of tables",
    ({ compose }) => replaceFlag(compose.services.explorer!, "--cache", "none"),
    /^explorer: --cache none is not on a volume/,
  ],
  [
    "the explorer's folder of temporary files",
    ({ compose }) => delete compose.services.explorer!.environment!.TMPDIR,
    /^explorer: TMPDIR undefined is not on a volume/,
  ],
  [
    "the explorer's memory",
    ({ compose }) => replaceFlag(compose.services.explorer!, "--memory", "2GB"),
    /^explorer: mem_limit 4g is less than twice 2GB/,
  ],
  ["a volume", ({ compose }) => delete compose.volumes["minio-data"], /^minio: volume minio-data/],
];

for (const [what, spoil, says] of spoilt) {
  Deno.test(`compose: ${what} changed on one side is found`, () => {
    const spoiltSetup = setup();
    spoil(spoiltSetup);
    const found = disagreements(spoiltSetup);
    assert.ok(found.some((problem) => says.test(problem)), `found only: ${found.join("; ")}`);
  });
}

Deno.test("compose: each sink version writes its supported codecs", () => {
  for (const version of ["10.0.0", "10.5.0", "10.5.23", "10.6.0", "10.6.4"]) {
    assert.deepEqual(codecsOf(version), ["none", "gzip", "snappy"], version);
  }
  for (const version of ["10.5.24", "10.5.25", "10.6.5", "10.6.7", "11.0.8", "12.1.9"]) {
    assert.ok(codecsOf(version).includes("zstd"), version);
  }
});

Deno.test("compose: Connect is healthy while it answers, until a task has failed", async () => {
  const [, shell, flag, script] = setup().compose.services.connect!.healthcheck!.test;
  const fake = startFakeConnect();
  const port = new URL(fake.url).port;
  /** Runs the check as the container would. Compose replaces `$$` by `$`. */
  const healthy = async () => {
    const command = script!.replaceAll("$$", "$").replace("/8083", `/${port}`);
    const { success } = await new Deno.Command(shell!, {
      args: [flag!, command],
      stderr: "null",
    }).output();
    return success;
  };
  try {
    assert.ok(await healthy(), "without a connector");
    const config = { method: "PUT", body: JSON.stringify({ "tasks.max": "2" }) };
    await (await fetch(`${fake.url}/connectors/sink/config`, config)).body?.cancel();
    assert.ok(await healthy(), "with tasks that run");
    fake.breakTasks("java.lang.Exception: no zstd");
    assert.equal(await healthy(), false, "with tasks that have failed");
  } finally {
    await fake.close();
  }
  assert.equal(await healthy(), false, "when nothing answers");
});

Deno.test("compose: .ci/stack has the same Kafka, MinIO and ports", () => {
  const { env } = setup();
  const stack = read(".ci/stack");
  const version = stack.match(/^KAFKA_VERSION=(\S+)/m)?.[1];
  assert.equal(env.KAFKA_IMAGE?.split("@")[0], `apache/kafka:${version}`);
  // v0.0.0-20250907161309-… is the commit of RELEASE.2025-09-07T16-13-09Z.
  const built = stack.match(/^MINIO_VERSION=v0\.0\.0-(\d{14})/m)?.[1];
  assert.equal(env.MINIO_IMAGE?.match(/RELEASE\.([\dTZ-]+)/)?.[1]?.replace(/\D/g, ""), built);
  for (const name of ["KAFKA_PORT", "REGISTRY_PORT", "MINIO_PORT", "MINIO_CONSOLE_PORT"]) {
    assert.equal(stack.match(new RegExp(`${name}:-(\\d+)`))?.[1], env[name], name);
  }
});

Deno.test("compose: the smoke workflow runs the Deno that the README names", () => {
  const { defaults } = setup();
  const workflow = read(".github/workflows/smoke.yml");
  assert.ok(workflow.includes(`npx -y deno@${defaults.denoVersion} task smoke:compose`));
});

Deno.test("compose: config/README.md explains every key of the sink", () => {
  const text = read("config/README.md");
  const missing = Object.keys(setup().sink).filter((key) => !text.includes(`\`${key}\``));
  assert.deepEqual(missing, []);
});
