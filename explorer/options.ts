/**
 * The command line of `deno task explore`.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from "@commander-js/extra-typings";
import { describeUsageError, parseMemory, parseTopic } from "../common/command-line.ts";
import type { Env } from "../common/env.ts";
import { TOPIC_TEXT, topicOf } from "../lake/store/topic-option.ts";

/** The options of the explorer. */
export interface ExploreOptions {
  readonly lake: string;
  readonly topic: string;
  readonly host: string;
  readonly port: number;
  /** The token that a reader of the page needs; null if none is needed. */
  readonly token: string | null;
  /** True to open the page in the browser. */
  readonly open: boolean;
  /** True to show texts, and to let users search in them. */
  readonly text: boolean;
  /** The folder that keeps the tables for the next start; null to keep no tables. */
  readonly cache: string | null;
  /** The memory of each of the two DuckDBs, such as `2GB`; undefined for their defaults. */
  readonly memory: string | undefined;
  /** The folder for a static page; undefined to serve a live page instead. */
  readonly export: string | undefined;
}

const DESCRIPTION = `Shows a lake as a page of linked charts, live while it is written.

--lake can be a folder or s3://bucket; for s3:// the variables S3_ENDPOINT,
AWS_ACCESS_KEY_ID and so on apply, as for the other commands.`;

/**
 * Reads the command line. Returns null after it has printed the help.
 *
 * @throws {Failure} if an option or its value is not valid
 */
export function readOptions(args: readonly string[], env: Env): ExploreOptions | null {
  const program = new Command("deno task explore")
    .description(DESCRIPTION)
    .option("--lake <path|s3://…>", "lake to show [LAKE]", env("LAKE") || "data/lake")
    .option("--topic <name>", TOPIC_TEXT, parseTopic)
    .option("--port <number>", "port to listen on; 0 picks a free one", port, 8088)
    .option(
      "--host <address>",
      "address to listen on; any address except 127.0.0.1, localhost and ::1 needs a token",
      "127.0.0.1",
    )
    .option(
      "--token <text>",
      "token that a reader of the page needs [EXPLORER_TOKEN] (default: a random one if --host " +
        "needs a token, otherwise none)",
    )
    .option("--open", "open the page in the browser", false)
    .option("--no-text", "do not show or search texts")
    .option(
      "--cache <folder>",
      "folder where the explorer keeps its tables, so that the next start is quick; with 'none' " +
        "they are not kept",
      "data/explorer",
    )
    .option(
      "--memory <size>",
      "memory of each of the two DuckDBs (default: 4GB for the one that answers the page, and 80 % " +
        "of the machine's for the one that reads the lake)",
      parseMemory,
    )
    .option("--export <folder>", "write a static page with aggregates only, and exit")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw describeUsageError(error, ["--token"]);
  }
  const { host, token, topic, cache, ...options } = program.opts();
  return {
    ...options,
    host,
    topic: topicOf(topic, env),
    cache: cache === "none" ? null : cache,
    memory: options.memory,
    export: options.export,
    token: token || env("EXPLORER_TOKEN") || (isLoopback(host) ? null : crypto.randomUUID()),
  };
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) {
    throw new InvalidArgumentError("expected a port from 0 to 65535");
  }
  return number;
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "localhost", "::1"].includes(host);
}
