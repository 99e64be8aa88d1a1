/**
 * The command line of the listener, and the environment variables with the same meaning.
 *
 * @module
 */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { dirname } from "node:path";
import { type Env, processEnv } from "../common/env.ts";
import * as cli from "../common/command-line.ts";
import { parseBrokers } from "../kafka/option-values.ts";
import { TOOT_TOPIC } from "../record/record.ts";
import project from "../deno.json" with { type: "json" };
import type { LogFormat } from "./report/log.ts";
import * as parse from "./option-values.ts";
import { type Consent, CONSENTS } from "./toot/consent.ts";
import { withHome } from "../lake/store/location.ts";
import { tokensFor } from "./tokens.ts";

/** The settings of a run. */
export interface Options {
  /** Servers such as `https://mastodon.social`: at least one, but none or one in a replay. */
  readonly baseURLs: readonly string[];
  /** The tokens by `baseURL`; null for a server without a token. */
  readonly tokens: ReadonlyMap<string, string | null>;
  readonly federated: boolean;
  /** The first start also reads posts up to this many milliseconds old; "all" reads all posts. */
  readonly since: number | "all";
  /**
   * After this many seconds without a status the listener reconnects; null to derive the time from
   * the usual pauses between statuses.
   */
  readonly watchdog: number | null;
  /** The URL of a page that names the operator of this listener; null if not set. */
  readonly contact: string | null;
  /** A file of JSON lines to replay, or `-` for standard input; null to listen to servers. */
  readonly replay: string | null;
  /** The listener stops after this number of toots; null for never. */
  readonly limit: number | null;
  /** The lake: a folder or `s3://…`; null for no lake. */
  readonly lake: string | null;
  /** The longest time from a file's first record until the file is written, in seconds. */
  readonly flush: number;
  /** The Kafka cluster; null for no Kafka. */
  readonly kafka: { readonly brokers: readonly string[]; readonly registry: string } | null;
  readonly topic: string;
  readonly metrics: { readonly hostname: string; readonly port: number } | null;
  /** The folder for checkpoints, salt and dead letters. */
  readonly data: string;
  readonly consent: Consent;
  readonly hashAuthors: boolean;
  readonly quiet: boolean;
  readonly log: LogFormat;
  readonly color: boolean;
}

const LAKE = "data/lake";

const AFTER = `
Each variable in brackets sets its flag; if both are set, the flag wins. MASTODON_SALT sets the salt
of all hashes. S3_ENDPOINT, S3_USE_SSL, S3_URL_STYLE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_REGION set up the object store; the KAFKA_* variables set up TLS and SASL.

Examples:
  $ deno run -A listener/main.ts --baseURL https://fosstodon.org --since 2h
  $ deno run -A listener/main.ts --public --baseURL mstdn.jp --baseURL fosstodon.org --quiet
  $ zcat statuses.jsonl.gz | deno run -A listener/main.ts --replay - --lake data/replayed

Exit codes: 0 done or stopped, 1 failure, 2 usage error, 3 every server has failed,
130 stopped by a second signal.`;

function command() {
  const servers = (text: string, before: string[] | undefined) => [
    ...before ?? [],
    ...text.split(",").map((part) => parse.parseServer(part.trim())),
  ];
  const tokens = (text: string, before: string[] | undefined) => [...before ?? [], text];
  return new Command("deno run -A listener/main.ts")
    .description("Listens to the public timelines of Mastodon-compatible servers.")
    .version(project.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .optionsGroup("Servers:")
    .addOption(
      new Option("--baseURL <url>", "server to listen to; repeatable")
        .argParser(servers).default(undefined, "https://mastodon.social"),
    )
    .option("--public", "read the federated timeline, not only that of the server's own accounts")
    .addOption(
      new Option(
        "--token <[host=]token>",
        "access token; with it the server also sends its live stream; repeatable. Other users of " +
          "this machine can see flags: prefer the variable MASTODON_TOKEN, or " +
          "MASTODON_TOKEN_<HOST> for each server (MASTODON_TOKEN_MASTODON_SOCIAL)",
      ).argParser(tokens),
    )
    .option(
      "--since <duration|all>",
      "at the first start, also read posts that are not older than this; all: the whole timeline " +
        "(default: 0, only new posts); later starts " +
        "continue where the last run ended",
      parse.parseSince,
    )
    .option(
      "--watchdog <seconds>",
      "reconnect after this many seconds without a status (default: follows the server's usual pace)",
      cli.parseWhole(1, 1_000_000),
    )
    .addOption(
      new Option("--contact <url>", "page where server admins find out how to reach you")
        .argParser(parse.parseAddress),
    )
    .option(
      "--replay <file.jsonl>",
      "read statuses or stream frames from a file instead; - is stdin",
    )
    .option(
      "--limit <n>",
      "stop after this number of toots",
      cli.parseWhole(1, Number.MAX_SAFE_INTEGER),
    )
    .optionsGroup("Where toots go:")
    .option(
      "--lake <path|s3://…|none>",
      `write Parquet files (default: ${LAKE}, unless --enableKafka is set)`,
      parse.parseLake,
    )
    .option(
      "--flush <seconds>",
      "longest time until a toot is in the lake (default: 60)",
      cli.parseWhole(1, 86_400),
    )
    .option("--enableKafka", "write Avro records to Kafka")
    .option("--brokers <host:port,…>", "Kafka brokers (default: localhost:9092)", parseBrokers)
    .option(
      "--topic <name>",
      "topic of the toots, in Kafka and in the lake; the topics of deletes and of coverage (what " +
        `was read or lost) have similar names (default: ${TOOT_TOPIC})`,
      cli.parseTopic,
    )
    .option(
      "--registry <url>",
      "schema registry (default: http://localhost:8081)",
      parse.parseAddress,
    )
    .option(
      "--data <path>",
      "folder for checkpoints, salt and dead letters (default: beside the lake)",
    )
    .optionsGroup("Consent:")
    .addOption(
      new Option(
        "--consent <whose>",
        "which authors' text and names are kept. opt-out: all except authors who opted out " +
          "(noindex, #nobot); opt-in: only authors who opted in (indexable); none: all, whatever " +
          "they chose",
      ).choices(CONSENTS).default(CONSENTS[0]!),
    )
    .option("--hash-authors", "replace every author by a keyed hash")
    .optionsGroup("Output:")
    .option("--quiet", "do not print toots")
    .addOption(
      new Option("--log <format>", "format of all lines").choices(["text", "json"] as const)
        .default("text" as const),
    )
    .option("--metrics <[host:]port>", "serve Prometheus metrics and /healthz", parse.parseListen)
    .option("--no-color", "print without colours (also NO_COLOR)")
    .addHelpText("after", AFTER)
    .allowExcessArguments(false);
}

/**
 * Returns the environment variable of a flag, such as `MASTODON_BASE_URL` for `--baseURL`; null if
 * it has none.
 */
function variable(option: Option): string | null {
  if (option.long === "--no-color" || option.long === "--token") return null;
  const name = option.long!.slice(2).replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_");
  return `MASTODON_${name.toUpperCase()}`;
}

type Program = ReturnType<typeof command>;

/** Takes the values of missing flags from their environment variables. */
function fillFromEnv(program: Program, env: Env): void {
  for (const option of program.options as unknown as Option[]) {
    const name = variable(option), key = option.attributeName();
    if (name === null || option.long === "--version") continue;
    const text = env(name)?.trim() ?? "";
    const source = program.getOptionValueSource(key as never);
    if (text === "" || (source !== undefined && source !== "default")) continue;
    let value: unknown = text;
    if (option.isBoolean()) {
      if (/^(?:0|false|no|off)$/i.test(text)) continue;
      if (!/^(?:1|true|yes|on)$/i.test(text)) {
        throw cli.usageError(`${name}: expected 1 or 0, got '${text}'`);
      }
      value = true;
    } else {
      const { parseArg } = option;
      value = parseArg === undefined
        ? text
        : cli.envValue(env, name, (given) => parseArg(given, undefined as never), text);
    }
    program.setOptionValueWithSource(key as never, value as never, "env");
  }
}

/**
 * Reads the command line and the environment. Returns the options, or the text to print for
 * `--help` and `--version`.
 *
 * @throws {Failure} with exit code 2 and one line that names the flag and the value
 */
export function parseOptions(
  args: readonly string[],
  env: Env = processEnv,
): Options | { text: string } {
  const program = command();
  let text = "";
  for (const option of program.options as unknown as Option[]) {
    const name = variable(option);
    if (name !== null && option.long !== "--version") option.description += ` [${name}]`;
  }
  program.exitOverride().configureOutput({
    writeOut: (part) => text += part,
    writeErr: () => {},
  });
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (text !== "") return { text };
    throw cli.describeUsageError(error, ["--token"]);
  }
  fillFromEnv(program, env);
  return check(program, env);
}

function check(program: Program, env: Env): Options {
  const given = program.opts();
  const flagged = (key: keyof typeof given) => program.getOptionValueSource(key) === "cli";
  const replay = given.replay === undefined ? null : withHome(given.replay, env);
  const { enableKafka = false, lake, brokers, registry, metrics = null } = given;

  const baseURLs = [
    ...new Set(given.baseURL ?? (replay === null ? ["https://mastodon.social"] : [])),
  ];
  if (replay !== null) {
    for (const key of ["public", "since", "watchdog", "token", "contact"] as const) {
      if (flagged(key)) {
        throw cli.usageError(`--${key}: cannot be combined with --replay '${replay}'`);
      }
    }
    if (baseURLs.length > 1) {
      throw cli.usageError(`--baseURL: expected one server with --replay '${replay}'`);
    }
  }
  if (!enableKafka) {
    for (const key of ["brokers", "registry"] as const) {
      if (flagged(key)) throw cli.usageError(`--${key}: only useful with --enableKafka`);
    }
  }
  const hosts = baseURLs.map((baseURL) => new URL(baseURL).host);
  const twice = hosts.find((host, i) => hosts.indexOf(host) !== i);
  if (twice !== undefined) {
    throw cli.usageError(`--baseURL: '${twice}' is given with http and with https`);
  }
  const location = lake === "none" || (lake === undefined && enableKafka)
    ? null
    : withHome(lake ?? LAKE, env);
  if (location === null && flagged("flush")) {
    throw cli.usageError(`--flush: only useful with a lake`);
  }
  const local = location !== null && !/^s3:/i.test(location);

  return {
    baseURLs,
    tokens: replay === null
      ? tokensFor({ baseURLs, flags: given.token ?? [], env })
      : new Map<string, null>(),
    federated: given.public ?? false,
    since: given.since ?? 0,
    watchdog: given.watchdog ?? null,
    contact: given.contact ?? null,
    replay,
    limit: given.limit ?? null,
    lake: location,
    flush: given.flush ?? 60,
    kafka: enableKafka
      ? { brokers: brokers ?? ["localhost:9092"], registry: registry ?? "http://localhost:8081" }
      : null,
    topic: given.topic ?? TOOT_TOPIC,
    metrics,
    data: given.data === undefined ? dirname(local ? location : LAKE) : withHome(given.data, env),
    consent: given.consent,
    hashAuthors: given.hashAuthors ?? false,
    quiet: given.quiet ?? false,
    log: given.log,
    color: given.color && !env("NO_COLOR") && env("TERM") !== "dumb",
  };
}
