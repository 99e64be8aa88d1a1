/**
 * The command line of `deno task simulate`.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { wrongFault } from "./server/admin.ts";
import type { Fault } from "./server/faults.ts";

/** Something on the command line that cannot be: one line for the person, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A fault and the server it is for. */
export interface PlacedFault {
  server: number | "all";
  fault: Fault;
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Reads a duration such as `90s`, `30m`, `12h`, `7d` or `2w`, in milliseconds.
 *
 * @example
 * ```ts
 * import { parseDuration } from "./options.ts";
 *
 * if (parseDuration("7d") !== 604_800_000 || parseDuration("0") !== 0) throw new Error();
 * ```
 *
 * @throws {InvalidArgumentError} for anything else
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const [, number, unit] = text.match(/^(\d+(?:\.\d+)?)([smhdw])$/) ?? [];
  if (number === undefined) throw new InvalidArgumentError("is no duration such as 12h or 7d");
  return Number(number) * UNITS[unit!]!;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`is no whole number from ${least} to ${most}`);
    }
    return number;
  };
}

function share(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 1)) {
    throw new InvalidArgumentError("is no share from 0 to 1");
  }
  return number;
}

function parseRate(text: string): number | "max" {
  if (text === "max") return text;
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0) || number > 1e6) {
    throw new InvalidArgumentError('is no number of statuses a second, nor "max"');
  }
  return number;
}

/**
 * Reads `KIND[,NAME=VALUE…]`, with `SERVER:` in front for one server only (0 is
 * the first).
 *
 * @example
 * ```ts
 * import { parseFault } from "./options.ts";
 *
 * const { server, fault } = parseFault("1:http,status=503,count=2");
 * if (server !== 1 || fault.kind !== "http" || fault.status !== 503) throw new Error();
 * ```
 *
 * @throws {InvalidArgumentError} where there is no such fault
 */
export function parseFault(text: string): PlacedFault {
  const [, server, rest] = text.match(/^(?:(\d+|all):)?(.*)$/s)!;
  const [kind, ...settings] = rest!.split(",");
  const fault: Record<string, unknown> = { kind };
  for (const setting of settings) {
    const at = setting.indexOf("=");
    if (at < 1) throw new InvalidArgumentError(`has a setting "${setting}" that is no NAME=VALUE`);
    const value = setting.slice(at + 1);
    fault[setting.slice(0, at)] = value === "true" || value === "false"
      ? value === "true"
      : value !== "" && Number.isFinite(Number(value))
      ? Number(value)
      : value;
  }
  const wrong = wrongFault(fault);
  if (wrong) throw new InvalidArgumentError(wrong);
  return {
    server: server === undefined || server === "all" ? "all" : Number(server),
    fault: fault as unknown as Fault,
  };
}

function version(text: string): string {
  if (!/^\d+\.\d+/.test(text)) throw new InvalidArgumentError("is no version such as 4.5.3");
  return text;
}

function command() {
  return new Command("deno task simulate")
    .description("A small federation of Mastodon-compatible servers on this machine.")
    .option("--servers <n>", "how many servers, 1 to 16", whole(1, 16), 3)
    .option(
      "--port <n>",
      "port of the first, others follow; 0 for free ones",
      whole(0, 65_535),
      4000,
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--rate <n|max>", "statuses a second, or as fast as they are read", parseRate, 20)
    .option("--count <n>", "stop posting after so many, go on serving", whole(0, 1e9))
    .option("--seed <n>", "the same seed gives the same federation", whole(0, 0xffffffff), 1)
    .addOption(
      new Option("--history <duration>", "how far back the timelines go")
        .argParser(parseDuration).default(7 * UNITS.d!, "7d"),
    )
    .option("--per-day <n>", "posts a day of history", whole(0, 1e7), 3_600)
    .option("--federates <share>", "part that reaches each other server", share, 0.6)
    .option("--edits <share>", "edits a status posted", share, 0.02)
    .option("--deletes <share>", "deletes a status posted", share, 0.01)
    .option("--rate-limit <n>", "requests in 5 minutes a reader; 0: no limit", whole(0, 1e9), 300)
    .addOption(
      new Option("--access <who>", "who may read the timelines")
        .choices(["public", "authenticated", "disabled"] as const).default("public" as const),
    )
    .option("--mastodon <version>", "the version the servers say they are", version, "4.5.3")
    .option("--keep <n>", "posts to remember", whole(1_000, 1e8), 1_000_000)
    .addOption(
      new Option("--fault <[server:]kind[,name=value…]>", "a fault from the start, repeatable")
        .argParser((text: string, before: PlacedFault[]) => [...before, parseFault(text)])
        .default([] as PlacedFault[], "none"),
    )
    .option("--ready-file <path>", "write addresses and tokens there once all listen");
}

/** What the command line says. */
export type Options = ReturnType<ReturnType<typeof command>["opts"]>;

/**
 * Reads the command line; gives the help text where that is asked for.
 *
 * @throws {UsageError} where it says something that cannot be
 */
export function parseOptions(args: readonly string[]): Options | { help: string } {
  let help = "";
  const program = command()
    .exitOverride()
    .configureOutput({ writeOut: (text) => help += text, writeErr: () => {} })
    .allowExcessArguments(false);
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (help) return { help };
    throw new UsageError(
      error.message.replace(/^error: /, "").replace("' is invalid. is no ", "' is no ")
        .replaceAll("\n", " "),
    );
  }
  const options = program.opts();
  for (const { server } of options.fault) {
    if (server !== "all" && server >= options.servers) {
      throw new UsageError(
        `--fault: there is no server ${server}, only 0 to ${options.servers - 1}`,
      );
    }
  }
  if (options.port > 0 && options.port + options.servers - 1 > 65_535) {
    throw new UsageError(`--port: ${options.port} leaves no room for ${options.servers} servers`);
  }
  return options;
}
