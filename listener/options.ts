/**
 * The command line of the listener, and the variables that stand for its flags.
 *
 * @module
 */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { dirname } from "node:path";
import { type Env, processEnv } from "../common/env.ts";
import { Failure } from "../common/failure.ts";
import { TOOT_TOPIC } from "../record/record.ts";
import project from "../deno.json" with { type: "json" };
import type { LogFormat } from "./report/log.ts";
import * as parse from "./option-values.ts";
import { type Consent, CONSENTS } from "./toot/consent.ts";
import { tokensFor } from "./tokens.ts";

/** What the listener is told. */
export interface Options {
  /** `https://mastodon.social`, at least one; in a replay none or one. */
  readonly baseURLs: readonly string[];
  /** By `baseURL`; null where there is none. */
  readonly tokens: ReadonlyMap<string, string | null>;
  readonly federated: boolean;
  /** Milliseconds that a first start goes back. */
  readonly since: number | "all";
  /** Seconds without a status until the stream is taken for dead; null for by its rhythm. */
  readonly watchdog: number | null;
  /** A page of whoever runs this listener; null where they named none. */
  readonly contact: string | null;
  /** A file of JSON lines, `-` for standard input; null to listen. */
  readonly replay: string | null;
  /** Stop after so many toots; null for never. */
  readonly limit: number | null;
  /** A folder or `s3://…`; null for no lake. */
  readonly lake: string | null;
  /** Seconds that a record may wait for its Parquet file. */
  readonly flush: number;
  /** Null for no Kafka. */
  readonly kafka: { readonly brokers: readonly string[]; readonly registry: string } | null;
  readonly topic: string;
  readonly metrics: { readonly hostname: string; readonly port: number } | null;
  /** Checkpoints, salt, dead letters. */
  readonly data: string;
  readonly consent: Consent;
  readonly hashAuthors: boolean;
  readonly quiet: boolean;
  readonly log: LogFormat;
  readonly color: boolean;
}

const LAKE = "data/lake";

const AFTER = `
Each flag has a variable, in brackets; a flag is stronger. The salt of all hashes can be set by
MASTODON_SALT. S3 is reached by S3_ENDPOINT, S3_USE_SSL, S3_URL_STYLE, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_REGION; Kafka with TLS or SASL by the KAFKA_* variables.

Examples:
  $ deno run -A listener/main.ts --baseURL https://mastodon.social --since 2h
  $ deno run -A listener/main.ts --public --baseURL mstdn.jp --baseURL fosstodon.org --quiet
  $ zcat statuses.jsonl.gz | deno run -A listener/main.ts --replay - --lake data/replayed

Exit codes: 0 stopped or done, 1 something went wrong, 2 usage error, 3 every server refuses for
good, 130 stopped twice.`;

function command() {
  const servers = (text: string, before: string[] | undefined) => [
    ...before ?? [],
    ...text.split(",").map((part) => parse.parseServer(part.trim())),
  ];
  const tokens = (text: string, before: string[] | undefined) => [...before ?? [], text];
  return new Command("deno run -A listener/main.ts")
    .description("Listens to the public timelines of Mastodon-compatible servers.")
    .version(project.version, "-V, --version", "say the version")
    .helpOption("-h, --help", "say all this")
    .optionsGroup("Servers:")
    .addOption(
      new Option("--baseURL <url>", "server to listen to; repeatable")
        .argParser(servers).default(undefined, "https://mastodon.social"),
    )
    .option("--public", "the federated timeline, not only the server's own people")
    .addOption(
      new Option(
        "--token <[host=]token>",
        "access token, to stream rather than poll; repeatable. Others on this machine can see " +
          "flags: rather set MASTODON_TOKEN, or MASTODON_TOKEN_<HOST> for each server " +
          "(MASTODON_TOKEN_MASTODON_SOCIAL)",
      ).argParser(tokens),
    )
    .option(
      "--since <duration|all>",
      "how far back a first start goes (default: 0)",
      parse.parseSince,
    )
    .option(
      "--watchdog <seconds>",
      "silence before a reconnect (default: many times the usual gap)",
      parse.parseWhole(1, 1_000_000),
    )
    .addOption(
      new Option("--contact <url>", "where those who run the servers can reach you")
        .argParser(parse.parseAddress),
    )
    .option("--replay <file.jsonl>", "read statuses or stream frames from a file, - for stdin")
    .option("--limit <n>", "stop after so many toots", parse.parseWhole(1, Number.MAX_SAFE_INTEGER))
    .optionsGroup("Where toots go:")
    .option(
      "--lake <path|s3://…|none>",
      `Parquet files (default: ${LAKE}, without Kafka)`,
      parse.parseLake,
    )
    .option(
      "--flush <seconds>",
      "a toot is in the lake within so many (default: 60)",
      parse.parseWhole(1, 86_400),
    )
    .option("--enableKafka", "Avro to Kafka")
    .option("--brokers <host:port,…>", "(default: localhost:9092)", parse.parseBrokers)
    .option(
      "--topic <name>",
      `of toots, in Kafka and lake (default: ${TOOT_TOPIC})`,
      parse.parseTopic,
    )
    .option("--registry <url>", "of schemas (default: http://localhost:8081)", parse.parseAddress)
    .option("--data <path>", "checkpoints, salt, dead letters (default: the folder of the lake)")
    .optionsGroup("Consent:")
    .addOption(
      new Option(
        "--consent <whose>",
        "whose text and names are kept: opt-out leaves out who said no (noindex, #nobot), opt-in " +
          "also who did not say yes, none nobody",
      ).choices(CONSENTS).default(CONSENTS[0]!),
    )
    .option("--hash-authors", "a keyed hash for every author")
    .optionsGroup("What it says:")
    .option("--quiet", "no line a toot")
    .addOption(
      new Option("--log <format>", "of all lines").choices(["text", "json"] as const)
        .default("text" as const),
    )
    .option("--metrics <[host:]port>", "serve Prometheus metrics and /healthz", parse.parseListen)
    .option("--no-color", "no colours (also NO_COLOR)")
    .addHelpText("after", AFTER)
    .allowExcessArguments(false);
}

/** `--baseURL` is `MASTODON_BASE_URL`, `--enableKafka` is `MASTODON_ENABLE_KAFKA`. */
function variable(option: Option): string | null {
  if (option.long === "--no-color" || option.long === "--token") return null;
  const name = option.long!.slice(2).replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_");
  return `MASTODON_${name.toUpperCase()}`;
}

type Program = ReturnType<typeof command>;

/** Takes variables for the flags that are not there. */
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
      if (!/^(?:1|true|yes|on)$/i.test(text)) throw usage(`${name}: '${text}' is neither 1 nor 0`);
      value = true;
    } else {
      try {
        value = option.parseArg === undefined ? text : option.parseArg(text, undefined as never);
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        throw usage(tidy(`${name}: '${text}' ${error.message}`));
      }
    }
    program.setOptionValueWithSource(key as never, value as never, "env");
  }
}

function usage(message: string): Failure {
  return new Failure(message, { exitCode: 2 });
}

/**
 * Reads the command line and the environment; gives the text where help or the
 * version is asked for.
 *
 * @throws {Failure} with exit code 2, one line that names flag and value
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
    throw usage(tidy(error.message));
  }
  fillFromEnv(program, env);
  return check(program, env);
}

/** `option '--limit <n>' argument 'x' is invalid. is no …` → `--limit: 'x' is no …` */
function tidy(message: string): string {
  return message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ")
    .replace(
      /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. /s,
      (_, flag, value) => flag === "--token" ? "--token: " : `${flag}: '${value}' `,
    )
    .replace(/Allowed choices are (.*)\.$/, "is none of $1")
    .replace(/^option '(--[\w-]+) ([^']*)' argument missing$/, "$1: its value is missing, $2")
    .replace(/^unknown option '([^']*)'/, "$1: there is no such flag")
    .replace(/^too many arguments\. Expected 0 arguments but got \d+: (.*)\.$/, "'$1' is no flag")
    .replace(/^too many arguments.*$/, "there are words that belong to no flag");
}

function check(program: Program, env: Env): Options {
  const given = program.opts();
  const flagged = (key: keyof typeof given) => program.getOptionValueSource(key) === "cli";
  const { replay = null, enableKafka = false, lake, brokers, registry, metrics = null } = given;

  const baseURLs = [
    ...new Set(given.baseURL ?? (replay === null ? ["https://mastodon.social"] : [])),
  ];
  if (replay !== null) {
    const without = ["public", "since", "watchdog", "token", "contact"] as const;
    for (const key of without) {
      if (flagged(key)) throw usage(`--${key}: says nothing about --replay '${replay}'`);
    }
    if (baseURLs.length > 1) {
      throw usage(`--baseURL: --replay '${replay}' was heard from one server, not from several`);
    }
  }
  if (!enableKafka) {
    for (const key of ["brokers", "registry"] as const) {
      if (flagged(key)) throw usage(`--${key}: '${given[key]}' is used with --enableKafka only`);
    }
  }
  const hosts = baseURLs.map((baseURL) => new URL(baseURL).host);
  const twice = hosts.find((host, i) => hosts.indexOf(host) !== i);
  if (twice !== undefined) throw usage(`--baseURL: '${twice}' by http and by https`);
  const location = lake === "none" || (lake === undefined && enableKafka) ? null : lake ?? LAKE;
  if (location === null && flagged("flush")) {
    throw usage(`--flush: '${given.flush}' is used with a lake only`);
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
    data: given.data ?? (local ? dirname(location) : dirname(LAKE)),
    consent: given.consent,
    hashAuthors: given.hashAuthors ?? false,
    quiet: given.quiet ?? false,
    log: given.log,
    color: given.color && !env("NO_COLOR") && env("TERM") !== "dumb",
  };
}
