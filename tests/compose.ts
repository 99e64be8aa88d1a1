/**
 * What `docker-compose.yml`, `.env`, the sink's JSON and the defaults of the
 * listener and the lake must agree on. No engine is asked: these are the
 * mistakes that every one of the files allows by itself.
 *
 * @module
 */

/** A service of the compose file, as far as it is looked at here. */
export interface Service {
  image?: string;
  build?: { dockerfile_inline?: string };
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  mem_limit?: string;
  restart?: string;
}

/** The parsed files, and what the rest of the project takes for granted. */
export interface Setup {
  compose: { services: Record<string, Service>; volumes: Record<string, unknown> };
  /** `.env`, name to value. */
  env: Record<string, string>;
  sink: Record<string, string>;
  /** What the listener and the lake use where nobody says otherwise. */
  defaults: {
    broker: string;
    registry: string;
    s3Endpoint: string;
    accessKey: string;
    secretKey: string;
    bucket: string;
    topics: readonly string[];
    denoVersion: string;
    /** What `deno task listen` tells V8. */
    v8Flags: string;
  };
}

/**
 * The keys of Connect and of Confluent's S3 sink that we use. Connect takes any
 * key without a word, so a misspelt one would silently mean its default.
 */
const SINK_KEYS = new Set([
  "name",
  "connector.class",
  "tasks.max",
  "topics",
  "consumer.override.metadata.max.age.ms",
  "key.converter",
  "value.converter",
  "value.converter.schema.registry.url",
  "storage.class",
  "store.url",
  "s3.region",
  "s3.bucket.name",
  "s3.part.size",
  "aws.access.key.id",
  "aws.secret.access.key",
  "topics.dir",
  "partitioner.class",
  "schema.compatibility",
  "format.class",
  "parquet.codec",
  "flush.size",
  "rotate.schedule.interval.ms",
  "timezone",
  "behavior.on.null.values",
  "errors.tolerance",
  "errors.deadletterqueue.topic.name",
  "errors.deadletterqueue.topic.replication.factor",
  "errors.deadletterqueue.context.headers.enable",
  "errors.retry.timeout",
  "errors.retry.delay.max.ms",
  "errors.log.enable",
  "errors.log.include.messages",
]);

/** The codecs that Connect writes and DuckDB reads. */
const CODECS = ["none", "gzip", "snappy", "lz4_raw", "zstd"];

/** `${NAME}` and `${NAME:-default}`, as Compose fills them from `.env`. */
function fill(text: string, env: Record<string, string>, missing: (name: string) => void): string {
  return text.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) => {
    const value = env[name] ?? otherwise;
    if (value === undefined) missing(name);
    return value ?? "";
  });
}

/** A compose file with everything filled in that `.env` gives. */
function filled(setup: Setup, problems: Set<string>): Record<string, Service> {
  const walk = (value: unknown, where: string): unknown => {
    if (typeof value === "string") {
      return fill(value, setup.env, (name) => problems.add(`${where}: .env has no ${name}`));
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, where));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, walk(item, where)]),
      );
    }
    return value;
  };
  return Object.fromEntries(
    Object.entries(setup.compose.services).map(([name, service]) => [
      name,
      walk(service, name) as Service,
    ]),
  );
}

const pinned = (image: string) => image.includes("@sha256:") || /:[^:/]*\d[^:/]*$/.test(image);

/** The value that follows a flag of a command. */
function flag(service: Service | undefined, name: string): string | undefined {
  const command = service?.command ?? [];
  const at = command.indexOf(name);
  return at < 0 ? undefined : command[at + 1];
}

/** The port on this machine that leads to a container's port. */
function hostPort(service: Service | undefined, port: string): string | undefined {
  return service?.ports?.map((entry) => entry.split(":")).find((entry) => entry.at(-1) === port)
    ?.at(-2);
}

function* images(services: Record<string, Service>, { defaults }: Setup): Generator<string> {
  for (const [name, { image, build }] of Object.entries(services)) {
    const base = build?.dockerfile_inline?.match(/^FROM (\S+)$/m)?.[1];
    for (const from of build === undefined ? [image] : [image, base]) {
      if (from === undefined || !pinned(from)) yield `${name}: image ${from} is not pinned`;
    }
  }
  const deno = services.listener?.image?.split(":").at(-1);
  if (deno !== defaults.denoVersion) {
    yield `listener: Deno ${deno}, but the README says ${defaults.denoVersion}`;
  }
  if (!services.listener?.command?.includes(defaults.v8Flags)) {
    yield `listener: without ${defaults.v8Flags}, which deno task listen has`;
  }
}

function* keeping(services: Record<string, Service>, { compose }: Setup): Generator<string> {
  for (const [name, service] of Object.entries(services)) {
    const ends = service.restart === "no";
    if (service.mem_limit === undefined) yield `${name}: no mem_limit`;
    if (!ends && service.healthcheck === undefined) yield `${name}: no health check`;
    for (const port of service.ports ?? []) {
      if (!port.startsWith("127.0.0.1:")) yield `${name}: port ${port} is not bound to 127.0.0.1`;
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const wanted = services[other]?.restart === "no"
        ? "service_completed_successfully"
        : "service_healthy";
      if (services[other] === undefined) yield `${name}: waits for ${other}, which is not there`;
      if (condition !== wanted) yield `${name}: waits for ${other} with ${condition}`;
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(":")[0]!;
      if (!source.startsWith(".") && !(source in compose.volumes)) {
        yield `${name}: volume ${source} is not declared`;
      }
    }
  }
}

function* kafka(services: Record<string, Service>, { defaults }: Setup): Generator<string> {
  const broker = services.broker?.environment ?? {};
  const addresses = new Map(
    String(broker.KAFKA_ADVERTISED_LISTENERS).split(",").map((entry) =>
      entry.split("://") as [string, string]
    ),
  );
  const inside = addresses.get("INSIDE");
  const host = addresses.get("HOST");
  const users: [string, unknown][] = [
    [
      "schema-registry",
      services["schema-registry"]?.environment?.SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS,
    ],
    ["connect", services.connect?.environment?.CONNECT_BOOTSTRAP_SERVERS],
    ["listener", flag(services.listener, "--brokers")],
  ];
  for (const [name, address] of users) {
    if (address !== inside) yield `${name}: broker ${address}, but it is ${inside}`;
  }
  if (inside?.split(":")[0] !== "broker") yield `broker: advertises ${inside} to the others`;
  if (host !== defaults.broker) {
    yield `broker: advertises ${host} to this machine, but the listener looks at ${defaults.broker}`;
  }
  const bound = String(broker.KAFKA_LISTENERS).match(/HOST:\/\/:(\d+)/)?.[1] ?? "";
  if (hostPort(services.broker, bound) !== host?.split(":")[1]) {
    yield `broker: port ${bound} is not published at ${host}`;
  }
}

function* registry(
  services: Record<string, Service>,
  { sink, defaults }: Setup,
): Generator<string> {
  const service = services["schema-registry"];
  const port = String(service?.environment?.SCHEMA_REGISTRY_LISTENERS).match(/:(\d+)$/)?.[1] ?? "";
  const inside = `http://schema-registry:${port}`;
  const users: [string, unknown][] = [
    ["connect", services.connect?.environment?.CONNECT_VALUE_CONVERTER_SCHEMA_REGISTRY_URL],
    ["the sink", sink["value.converter.schema.registry.url"]],
    ["listener", flag(services.listener, "--registry")],
  ];
  for (const [name, address] of users) {
    if (address !== inside) yield `${name}: registry ${address}, but it is ${inside}`;
  }
  const host = `http://localhost:${hostPort(service, port)}`;
  if (host !== defaults.registry) {
    yield `schema-registry: at ${host}, but the listener looks at ${defaults.registry}`;
  }
}

function* store(services: Record<string, Service>, { sink, defaults }: Setup): Generator<string> {
  const minio = services.minio;
  const user = minio?.environment?.MINIO_ROOT_USER;
  const password = minio?.environment?.MINIO_ROOT_PASSWORD;
  if (user !== defaults.accessKey || password !== defaults.secretKey) {
    yield `minio: ${user}/${password}, but the lake says ${defaults.accessKey}/${defaults.secretKey}`;
  }
  // MinIO listens on 9000 unless told otherwise.
  const api = "9000";
  const consolePort = flag(minio, "--console-address")?.replace(":", "") ?? "";
  const host = `localhost:${hostPort(minio, api)}`;
  if (host !== defaults.s3Endpoint) {
    yield `minio: at ${host}, but the lake looks at ${defaults.s3Endpoint}`;
  }
  if (hostPort(minio, consolePort) === undefined) {
    yield `minio: the console's port ${consolePort} is not published`;
  }
  const inside = `http://minio:${api}`;
  if (sink["store.url"] !== inside) {
    yield `the sink: store.url ${sink["store.url"]}, but it is ${inside}`;
  }
  const made = services.bucket?.command?.at(-1)?.split("/").at(-1);
  for (const [name, bucket] of [["the helper", made], ["the sink", sink["s3.bucket.name"]]]) {
    if (bucket !== defaults.bucket) {
      yield `${name}: bucket ${bucket}, but the lake reads ${defaults.bucket}`;
    }
  }
  const login = services.bucket?.environment?.MC_HOST_lake;
  if (login !== `http://${user}:${password}@minio:${api}`) {
    yield `bucket: logs in at ${login}, which is not the store's address`;
  }
  const resolve = (value = "") => {
    const name = value.match(/^\$\{env:(\w+)\}$/)?.[1];
    return name === undefined ? value : services.connect?.environment?.[name];
  };
  if (resolve(sink["aws.access.key.id"]) !== user) yield "the sink: not the store's access key";
  if (resolve(sink["aws.secret.access.key"]) !== password) {
    yield "the sink: not the store's secret key";
  }
}

function* connect(services: Record<string, Service>, { sink }: Setup): Generator<string> {
  const port = String(services.connect?.environment?.CONNECT_LISTENERS).match(/:(\d+)$/)?.[1] ?? "";
  if (hostPort(services.connect, port) !== "8083") {
    yield `connect: port ${port} is not published at 8083`;
  }
  const url = `http://connect:${port}/connectors/${sink.name}/config`;
  const put = services.register?.command?.find((word) => word.startsWith("http"));
  if (put !== url) yield `register: PUTs to ${put}, but it is ${url}`;
  if (flag(services.register, "-d") !== "@/config/mastodon-sink-s3-minio.json") {
    yield "register: does not send config/mastodon-sink-s3-minio.json";
  }
}

function* sinkKeys(_: Record<string, Service>, { sink, defaults }: Setup): Generator<string> {
  for (const [key, value] of Object.entries(sink)) {
    if (!SINK_KEYS.has(key)) yield `the sink: unknown key ${key}`;
    if (typeof value !== "string") yield `the sink: ${key} is not a string`;
  }
  const wanted: [string, (value: string) => boolean][] = [
    ["topics", (value) => value.split(",").sort().join() === [...defaults.topics].sort().join()],
    ["topics.dir", (value) => value === "topics"],
    ["format.class", (value) => value === "io.confluent.connect.s3.format.parquet.ParquetFormat"],
    ["parquet.codec", (value) => CODECS.includes(value)],
    ["flush.size", (value) => Number(value) > 0],
    // Without it the last records of a quiet topic are never written.
    ["rotate.schedule.interval.ms", (value) => Number(value) > 0],
    // Without it the connector fails, after the PUT was answered with 201.
    ["timezone", (value) => value === "UTC"],
    // The default, `fail`, ends the task at the first tombstone.
    ["behavior.on.null.values", (value) => value === "ignore"],
    ["tasks.max", (value) => Number(value) > 0],
  ];
  for (const [key, holds] of wanted) {
    const value = sink[key];
    if (value === undefined) yield `the sink: ${key} is missing`;
    else if (!holds(value)) yield `the sink: ${key} is ${value}`;
  }
}

/** All that does not fit, one line each; empty where everything agrees. */
export function disagreements(setup: Setup): string[] {
  const problems = new Set<string>();
  const services = filled(setup, problems);
  for (const rule of [images, keeping, kafka, registry, store, connect, sinkKeys]) {
    for (const problem of rule(services, setup)) problems.add(problem);
  }
  return [...problems];
}
