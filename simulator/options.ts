/**
 * The command line of `deno task simulate`.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { type Fault, faultProblem } from "./faults/fault.ts";
import { findSoftware, SOFTWARE_NAMES } from "./software/all.ts";

/** A usage error, with a one-line message and exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Software, and the server that runs it. */
export interface PlacedSoftware {
  server: number | "all";
  name: string;
}

/** A fault, and the server that has it. */
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
 * @throws {InvalidArgumentError} if the text is not a duration
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const [, number, unit] = text.match(/^(\d+(?:\.\d+)?)([smhdw])$/) ?? [];
  if (number === undefined) throw new InvalidArgumentError("expected a duration such as 12h or 7d");
  return Number(number) * UNITS[unit!]!;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    }
    return number;
  };
}

function share(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 1)) {
    throw new InvalidArgumentError("expected a share from 0 to 1");
  }
  return number;
}

function parseRate(text: string): number | "max" {
  if (text === "max") return text;
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0) || number > 1e6) {
    throw new InvalidArgumentError('expected statuses per second, or "max"');
  }
  return number;
}

/**
 * Reads `KIND[,NAME=VALUE…]`. With a prefix `SERVER:`, the fault applies only to that server (0 is
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
 * @throws {InvalidArgumentError} if the kind is unknown, or a setting is missing or not
 * `NAME=VALUE`
 */
export function parseFault(text: string): PlacedFault {
  const [, server, rest] = text.match(/^(?:(\d+|all):)?(.*)$/s)!;
  const [kind, ...settings] = rest!.split(",");
  const fault: Record<string, unknown> = { kind };
  for (const setting of settings) {
    const at = setting.indexOf("=");
    if (at < 1) throw new InvalidArgumentError(`expected NAME=VALUE, got "${setting}"`);
    const value = setting.slice(at + 1);
    fault[setting.slice(0, at)] = value === "true" || value === "false"
      ? value === "true"
      : value !== "" && Number.isFinite(Number(value))
      ? Number(value)
      : value;
  }
  const problem = faultProblem(fault);
  if (problem) throw new InvalidArgumentError(problem);
  return {
    server: server === undefined || server === "all" ? "all" : Number(server),
    fault: fault as unknown as Fault,
  };
}

/** Reads `[SERVER:]NAME[@VERSION]`. */
function parseSoftware(text: string): PlacedSoftware {
  const [, server, name] = text.match(/^(?:(\d+|all):)?(.*)$/s)!;
  try {
    findSoftware(name!);
  } catch (error) {
    throw new InvalidArgumentError((error as RangeError).message);
  }
  return { server: server === undefined || server === "all" ? "all" : Number(server), name: name! };
}

function version(text: string): string {
  if (!/^\d+\.\d+/.test(text)) {
    throw new InvalidArgumentError("expected a version such as 4.5.3");
  }
  return text;
}

function command() {
  return new Command("deno task simulate")
    .description("Run a small federation of Mastodon-compatible servers on this machine.")
    .option("--servers <n>", "number of servers, 1 to 16", whole(1, 16), 3)
    .option(
      "--port <n>",
      "port of the first server, the others have the next ports; 0 for free ports",
      whole(0, 65_535),
      4000,
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--rate <n|max>", "statuses per second; max: as fast as they are read", parseRate, 20)
    .option("--count <n>", "stop posting after this many statuses, but keep serving", whole(0, 1e9))
    .option("--seed <n>", "the same seed gives the same federation", whole(0, 0xffffffff), 1)
    .addOption(
      new Option("--history <duration>", "length of the history in the timelines")
        .argParser(parseDuration).default(7 * UNITS.d!, "7d"),
    )
    .option("--per-day <n>", "posts per day of history", whole(0, 1e7), 3_600)
    .option(
      "--federates <share>",
      "chance, for each other server, that a post reaches it, from 0 to 1",
      share,
      0.6,
    )
    .option("--edits <share>", "edits per status posted", share, 0.02)
    .option("--deletes <share>", "deletes per status posted", share, 0.01)
    .option(
      "--rate-limit <n>",
      "requests in 5 minutes for each client, which is known by its token or else its IP " +
        "address; 0 for no limit",
      whole(0, 1e9),
      300,
    )
    .addOption(
      new Option("--access <who>", "who may read the timelines")
        .choices(["public", "authenticated", "disabled"] as const).default("public" as const),
    )
    .option("--mastodon <version>", "Mastodon version of the servers", version, "4.5.3")
    .addOption(
      new Option(
        "--software <[server:]name[@version]>",
        `software of the servers, repeatable: ${SOFTWARE_NAMES.join(", ")}`,
      ).argParser((text: string, before: PlacedSoftware[]) => [...before, parseSoftware(text)])
        .default([] as PlacedSoftware[], "mastodon"),
    )
    .option("--split-domains", "handles use another domain than the server's address")
    .option(
      "--own-addresses",
      "handles and links contain the host and port of the server (default: invented domains)",
    )
    .option("--keep <n>", "number of posts to remember", whole(1_000, 1e8), 1_000_000)
    .addOption(
      new Option(
        "--fault <[server:]kind[,name=value…]>",
        "fault from the start, repeatable (kinds: simulator/README.md)",
      )
        .argParser((text: string, before: PlacedFault[]) => [...before, parseFault(text)])
        .default([] as PlacedFault[], "none"),
    )
    .option(
      "--ready-file <path>",
      "write addresses and tokens to this file when all servers listen",
    );
}

/** The options of the command line. */
export type Options = ReturnType<ReturnType<typeof command>["opts"]>;

/**
 * Reads the command line. Returns the help text if the user asks for help.
 *
 * @throws {UsageError} if an option or its value is not valid
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
      error.message.replace(/^error: /, "").replaceAll("\n", " "),
    );
  }
  const options = program.opts();
  for (
    const [flag, placed] of [["--fault", options.fault], ["--software", options.software]] as const
  ) {
    for (const { server } of placed) {
      if (server !== "all" && server >= options.servers) {
        throw new UsageError(`${flag}: expected server 0 to ${options.servers - 1}, got ${server}`);
      }
    }
  }
  if (options.port > 0 && options.port + options.servers - 1 > 65_535) {
    throw new UsageError(`--port: ${options.port} leaves no room for ${options.servers} servers`);
  }
  return options;
}
