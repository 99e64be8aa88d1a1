/**
 * Checks that `docker-compose.yml`, `.env`, the sink's JSON and the defaults of the listener
 * and the lake agree. It finds mistakes that are valid in each file alone, and needs no
 * container engine.
 *
 * @module
 */

/** The parts of a service in the compose file that are checked. */
export interface Service {
  image?: string;
  build?: { dockerfile_inline?: string };
  pull_policy?: string;
  user?: string;
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  mem_limit?: string;
  restart?: string;
}

/** The parsed files, and what the rest of the project expects of them. */
export interface Setup {
  compose: { services: Record<string, Service>; volumes: Record<string, unknown> };
  /** The variables of `.env`, name to value. */
  env: Record<string, string>;
  sink: Record<string, string>;
  /** The defaults of the listener and the lake. */
  defaults: {
    broker: string;
    registry: string;
    s3Endpoint: string;
    accessKey: string;
    secretKey: string;
    bucket: string;
    topics: readonly string[];
    /** The partitions of a topic that the listener creates. */
    partitions: number;
    denoVersion: string;
    /** The V8 flags of `deno task listen`. */
    v8Flags: string;
  };
}

/**
 * The keys of Connect and of Confluent's S3 sink that the sink's JSON contains. All are required.
 * Connect accepts unknown keys, so a misspelt key would silently mean the default.
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
  "value.converter.max.retries",
  "value.converter.retries.wait.ms",
  "value.converter.retries.max.wait.ms",
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
  "report.null.values.to.dlq",
  "errors.tolerance",
  "errors.deadletterqueue.topic.name",
  "errors.deadletterqueue.topic.replication.factor",
  "errors.deadletterqueue.context.headers.enable",
  "errors.retry.timeout",
  "errors.retry.delay.max.ms",
  "errors.log.enable",
  "errors.log.include.messages",
]);

/**
 * Returns the codecs that a version of Confluent's S3 sink can write and DuckDB can read. They
 * depend on the Parquet library of that version. Parquet 1.11.2 needs native code for zstd, which
 * the sink lacks, and does not know lz4_raw; Parquet 1.15 has both in Java. These versions of the
 * sink were tried: 10.5.23 and 10.6.0 contain Parquet 1.11.2, and 10.5.25 and 12.1.9 contain
 * Parquet 1.15. The sink's versions 10.5.24, and 10.6.5 and later, contain Parquet 1.15.1 or 1.15.2.
 */
export function codecsOf(sinkVersion: string): string[] {
  const [major = 0, minor = 0, patch = 0] = sinkVersion.split(".").map(Number);
  const from = (...[least, lesser, last]: [number, number, number]) =>
    major === least && minor === lesser && patch >= last;
  const new1_15 = major > 10 || (major === 10 && minor > 6) || from(10, 5, 24) || from(10, 6, 5);
  return ["none", "gzip", "snappy", ...(new1_15 ? ["lz4_raw", "zstd"] : [])];
}

/** Replaces `${NAME}` and `${NAME:-default}` by values from `.env`, as Compose does. */
function fill(text: string, env: Record<string, string>, missing: (name: string) => void): string {
  return text.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) => {
    const value = env[name] ?? otherwise;
    if (value === undefined) missing(name);
    return value ?? "";
  });
}

/** Returns the services, with variables replaced by their values in `.env`. */
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

/** Returns the value that follows a flag of a command. */
function flag(service: Service | undefined, name: string): string | undefined {
  const command = service?.command ?? [];
  const at = command.indexOf(name);
  return at < 0 ? undefined : command[at + 1];
}

/** Returns the port of this machine that leads to a container's port. */
function hostPort(service: Service | undefined, port: string): string | undefined {
  return service?.ports?.map((entry) => entry.split(":")).find((entry) => entry.at(-1) === port)
    ?.at(-2);
}

/** Reads a size such as `256m`, `-Xmx1g` or `1500MB`. */
function megabytes(text = ""): number {
  return Number(text.match(/(\d+)[mg]/i)?.[1]) * (/g/i.test(text) ? 1024 : 1);
}

function* images(services: Record<string, Service>, { defaults }: Setup): Generator<string> {
  for (const [name, { image, build }] of Object.entries(services)) {
    // If an image is built here, its base image is checked.
    const from = build === undefined ? image : build.dockerfile_inline?.match(/^FROM (\S+)$/m)?.[1];
    if (from === undefined || !pinned(from)) yield `${name}: image ${from} is not pinned`;
  }
  for (const name of ["listener", "register", "explorer"]) {
    const { image, build } = services[name] ?? {};
    const from = build === undefined ? image : build.dockerfile_inline?.match(/^FROM (\S+)$/m)?.[1];
    const deno = from?.match(/^denoland\/deno:([\d.]+)/)?.[1];
    if (deno !== defaults.denoVersion) {
      yield `${name}: Deno ${deno}, but the README says ${defaults.denoVersion}`;
    }
  }
  if (!services.listener?.command?.includes(defaults.v8Flags)) {
    yield `listener: without ${defaults.v8Flags}, which deno task listen has`;
  }
}

/**
 * Checks that a program in a container has only the rights that it needs, in case an attacker takes
 * it over.
 */
function* hardening(services: Record<string, Service>): Generator<string> {
  for (const [name, service] of Object.entries(services)) {
    if (service.cap_drop?.join() !== "ALL") yield `${name}: keeps capabilities`;
    if (!service.security_opt?.includes("no-new-privileges:true")) {
      yield `${name}: may gain privileges`;
    }
    if (service.build !== undefined && service.pull_policy !== "build") {
      yield `${name}: Compose looks for its image in a registry first; pull_policy: build`;
    }
    // Confluent's and Apache's images write their configuration when they start.
    const writesItself = ["broker", "schema-registry", "connect"].includes(name);
    if (!writesItself && service.read_only !== true) yield `${name}: its root can be written`;
  }
}

/** Checks that health checks notice failed tasks, and that the number of restarts is limited. */
function* failures(services: Record<string, Service>): Generator<string> {
  const check = services.connect?.healthcheck?.test.join(" ") ?? "";
  if (!check.includes("expand=status") || !check.includes("FAILED")) {
    yield "connect: its health check does not look at the tasks";
  }
  if (services.register?.healthcheck?.test.at(-1) !== "check") {
    yield "register: its health check does not look at the tasks";
  }
  // Users run a console consumer in the registry's container. The consumer needs as much heap as
  // the registry, so the memory limit must allow both.
  const { environment, mem_limit } = services["schema-registry"] ?? {};
  const heap = megabytes(String(environment?.SCHEMA_REGISTRY_HEAP_OPTS).match(/-Xmx\w+/)?.[0]);
  if (!(megabytes(mem_limit) >= 2 * (heap + 200))) {
    yield `schema-registry: mem_limit ${mem_limit} holds no second process of ${heap} MB of heap`;
  }
  for (const name of ["register", "listener", "explorer"]) {
    const { restart } = services[name] ?? {};
    if (!/^on-failure:\d+$/.test(restart ?? "")) {
      yield `${name}: restart ${restart}, which repeats a failing start without end`;
    }
  }
}

function* running(services: Record<string, Service>, { compose }: Setup): Generator<string> {
  for (const [name, service] of Object.entries(services)) {
    const ends = service.restart === "no";
    if (service.mem_limit === undefined) yield `${name}: no mem_limit`;
    if (!ends && service.healthcheck === undefined) yield `${name}: no health check`;
    for (const port of service.ports ?? []) {
      if (!port.startsWith("127.0.0.1:")) yield `${name}: port ${port} is not bound to 127.0.0.1`;
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const wanted = name === "register"
        // Compose waits only for the start, because `register` restarts an unhealthy Connect.
        ? "service_started"
        : services[other]?.restart === "no"
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
  // MinIO listens on 9000 by default.
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
  const { environment: bucketEnv = {}, command: bucketCommand = [] } = services.bucket ?? {};
  const made = String(bucketEnv.MINIO_BUCKET);
  for (const [name, bucket] of [["the helper", made], ["the sink", sink["s3.bucket.name"]]]) {
    if (bucket !== defaults.bucket) {
      yield `${name}: bucket ${bucket}, but the lake reads ${defaults.bucket}`;
    }
  }
  if (bucketEnv.MINIO_ROOT_USER !== user || bucketEnv.MINIO_ROOT_PASSWORD !== password) {
    yield "bucket: not the store's user and password";
  }
  if (!bucketCommand.join().includes(` http://minio:${api} "$$MINIO_ROOT_USER"`)) {
    yield "bucket: does not log in at the store's address";
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

/** The megabytes that the explorer needs beside its two DuckDBs: V8, and the answers to the page. */
const EXPLORER_REST = 1024;

function* explorer(
  services: Record<string, Service>,
  { defaults }: Setup,
): Generator<string> {
  const service = services.explorer;
  const { environment = {}, volumes = [], mem_limit } = service ?? {};
  if (flag(service, "--lake") !== `s3://${defaults.bucket}`) {
    yield `explorer: lake ${flag(service, "--lake")}, but the sink writes s3://${defaults.bucket}`;
  }
  if (environment.S3_ENDPOINT !== "http://minio:9000") {
    yield `explorer: store ${environment.S3_ENDPOINT}, but it is http://minio:9000`;
  }
  const minio = services.minio?.environment;
  if (environment.AWS_ACCESS_KEY_ID !== minio?.MINIO_ROOT_USER) {
    yield "explorer: not the store's access key";
  }
  if (environment.AWS_SECRET_ACCESS_KEY !== minio?.MINIO_ROOT_PASSWORD) {
    yield "explorer: not the store's secret key";
  }
  if (flag(service, "--host") !== "0.0.0.0") {
    yield `explorer: listens on ${flag(service, "--host")}, which no published port reaches`;
  }
  const port = flag(service, "--port") ?? "";
  // The explorer prints its own port, so the published one must be the same.
  if (hostPort(service, port) !== port) yield `explorer: port ${port} is not published at ${port}`;
  if (!service?.healthcheck?.test.join(" ").includes(`127.0.0.1:${port}/`)) {
    yield `explorer: its health check does not ask at port ${port}`;
  }
  const kept = volumes.map((volume) => volume.split(":"))
    .filter(([source, , mode]) => !source!.startsWith(".") && mode !== "ro")
    .map(([, target]) => `${target}/`);
  const places = { "--cache": flag(service, "--cache"), TMPDIR: String(environment.TMPDIR) };
  for (const [name, place] of Object.entries(places)) {
    if (!kept.some((folder) => place?.startsWith(folder))) {
      yield `explorer: ${name} ${place} is not on a volume`;
    }
  }
  const memory = flag(service, "--memory");
  if (!(megabytes(mem_limit) >= 2 * megabytes(memory) + EXPLORER_REST)) {
    yield `explorer: mem_limit ${mem_limit} is less than twice ${memory} and ${EXPLORER_REST} MB`;
  }
}

function* connect(services: Record<string, Service>, { sink }: Setup): Generator<string> {
  const port = String(services.connect?.environment?.CONNECT_LISTENERS).match(/:(\d+)$/)?.[1] ?? "";
  if (hostPort(services.connect, port) !== "8083") {
    yield `connect: port ${port} is not published at 8083`;
  }
  const { environment = {}, command = [], volumes = [] } = services.register ?? {};
  const url = `http://connect:${port}`;
  if (environment.CONNECT_URL !== url) {
    yield `register: asks ${environment.CONNECT_URL}, but Connect is ${url}`;
  }
  if (!command.includes(`--allow-net=connect:${port}`)) yield "register: may not reach Connect";
  if (!command.join(" ").endsWith("kafka/connect/main.ts register --watch")) {
    yield "register: does not register and watch";
  }
  for (const folder of ["common", "config", "kafka"]) {
    if (!volumes.includes(`./${folder}:/app/${folder}:ro`)) yield `register: lacks ${folder}/`;
  }
  if (sink.name !== "mastodon-sink-s3") yield `the sink: its name is ${sink.name}`;
}

function* sinkKeys(
  _: Record<string, Service>,
  { sink, defaults, env }: Setup,
): Generator<string> {
  for (const [key, value] of Object.entries(sink)) {
    if (!SINK_KEYS.has(key)) yield `the sink: unknown key ${key}`;
    if (typeof value !== "string") yield `the sink: ${key} is not a string`;
  }
  for (const key of SINK_KEYS) if (sink[key] === undefined) yield `the sink: ${key} is missing`;
  const codec = sink["parquet.codec"]!, version = env.S3_SINK_VERSION ?? "";
  if (!codecsOf(version).includes(codec)) {
    yield `the sink: ${version} cannot write parquet.codec ${codec}, or DuckDB cannot read it`;
  }
  // Kafka assigns the partitions of each topic separately, so two topics with four partitions each
  // keep only four tasks busy.
  if (Number(sink["tasks.max"]) > defaults.partitions) {
    yield `the sink: tasks.max is ${
      sink["tasks.max"]
    }, but a topic has ${defaults.partitions} partition(s)`;
  }
  const wanted: [string, (value: string) => boolean][] = [
    ["topics", (value) => value.split(",").sort().join() === [...defaults.topics].sort().join()],
    ["topics.dir", (value) => value === "topics"],
    ["format.class", (value) => value === "io.confluent.connect.s3.format.parquet.ParquetFormat"],
    ["flush.size", (value) => Number(value) > 0],
    // Without this setting, the last records of a quiet topic are never written.
    ["rotate.schedule.interval.ms", (value) => Number(value) > 0],
    // Without this setting, the connector fails after Connect has answered the PUT with 201.
    ["timezone", (value) => value === "UTC"],
    // The default, `fail`, ends the task at the first tombstone.
    ["behavior.on.null.values", (value) => value === "ignore"],
    // A tombstone is not an error, but by default each one is reported as a dead letter.
    ["report.null.values.to.dlq", (value) => value === "false"],
    // While the registry does not answer, the converter must retry. When it gives up, the record
    // becomes a dead letter, so it must retry for at least a week.
    [
      "value.converter.max.retries",
      (value) => Number(value) * Number(sink["value.converter.retries.max.wait.ms"]) / 2 > 6.048e8,
    ],
    ["tasks.max", (value) => Number(value) > 0],
  ];
  for (const [key, holds] of wanted) {
    const value = sink[key];
    if (value !== undefined && !holds(value)) yield `the sink: ${key} is ${value}`;
  }
}

/** Returns all disagreements, one line each. */
export function disagreements(setup: Setup): string[] {
  const problems = new Set<string>();
  const services = filled(setup, problems);
  const rules = [
    ...[images, hardening, failures, running, kafka, registry, store, explorer, connect],
    sinkKeys,
  ];
  for (const rule of rules) {
    for (const problem of rule(services, setup)) problems.add(problem);
  }
  return [...problems];
}
