/**
 * `deno task lake compact`: its options and its output.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { compact, type CompactOptions, type CompactSummary } from "./compact.ts";
import { compactEvery } from "./compact-every.ts";
import { parseMemory, parseTopic, parseWhole } from "../../common/command-line.ts";
import type { Env } from "../../common/env.ts";
import { sizeText } from "../store/size-text.ts";
import { TOPIC_TEXT, topicOf } from "../store/topic-option.ts";

const AFTER = `
A day is the day on which a toot was posted, in UTC. Readers and writers may go on meanwhile, and
the command may be killed at any point: nothing is lost. Other engines read the result as an Apache
Iceberg table; \`deno task lake info\` shows where it is.`;

/** The options of the command. */
export interface CompactCommandOptions extends CompactOptions {
  /** The time in milliseconds between two compactions; null for a single one. */
  readonly every: number | null;
}

/** Creates the command. `run` receives the options. */
export function compactCommand(run: (options: CompactCommandOptions) => void, env: Env) {
  const or = (name: string, fallback: string) => env(name) || fallback;
  return new Command("compact")
    .description(
      "Merge many small files into a few large ones, without duplicates and deleted toots.",
    )
    .option("--lake <path|s3://…>", "lake to compact [LAKE]", or("LAKE", "data/lake"))
    .option("--topic <name>", TOPIC_TEXT, parseTopic)
    .option(
      "--before <date|now>",
      "compact only the days before this date; 'now' compacts all toots (default: " +
        "today, UTC)",
      date,
    )
    .option(
      "--every <time>",
      "keep running, and compact at this interval, such as 30m, 1h or 1d",
      interval,
    )
    .option("--retain <days>", "drop days that are older than this", parseWhole(1, 36_500))
    .option("--memory <size>", "memory for DuckDB before it spills to disk", parseMemory, "1GB")
    .option("--dry-run", "print what would be done, and do nothing")
    .addHelpText("after", AFTER)
    .allowExcessArguments(false)
    .action((given) =>
      run({
        location: given.lake,
        topic: topicOf(given.topic, env),
        ...(given.before === undefined ? {} : { before: given.before }),
        every: given.every ?? null,
        retain: given.retain ?? null,
        memory: given.memory,
        dryRun: given.dryRun ?? false,
        env,
      })
    );
}

function date(text: string): string {
  if (text === "now") return text;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("expected a date such as 2026-11-23, or now");
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function interval(text: string): number {
  const match = /^(\d{1,5})([smhd])$/.exec(text);
  const ms = match ? Number(match[1]) * UNITS[match[2]!]! : 0;
  if (ms > 0 && ms <= 7 * UNITS["d"]!) return ms;
  throw new InvalidArgumentError("expected a time from 1s to 7d, such as 30m, 1h or 1d");
}

/** Runs the command, and prints its progress and its result line by line. */
export async function runCompact(
  { every, ...options }: CompactCommandOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const once = async () => {
    summaryLines(await compact({ ...options, signal, progress: say })).forEach((line) => say(line));
  };
  if (every === null) await once();
  else await compactEvery(once, { every, signal, notify: say });
}

/** Formats the result of a compaction as lines of text for people. */
export function summaryLines(done: CompactSummary): string[] {
  const n = (number: number) => number.toLocaleString("en");
  const lines: string[] = [];
  const took = done.dryRun ? "would compact" : "took in";
  if (done.rawFiles + done.days + done.dropped === 0) lines.push("nothing to compact");
  else {
    lines.push(
      done.rawFiles + done.dropped > 0
        ? `${took} ${n(done.rawFiles)} raw files, ${sizeText(done.rawBytes)}, ` +
          `${n(done.records)} records of ${n(done.days)} days`
        : `${done.dryRun ? "would rewrite" : "rewrote"} ${n(done.days)} days with toots of ` +
          `authors who opted out`,
    );
    if (!done.dryRun) {
      lines.push(
        `wrote ${n(done.files)} files, ${sizeText(done.bytes)}, ${n(done.rows)} toots; ` +
          `${n(done.duplicates)} duplicates and ${n(done.deleted)} deleted toots were removed`,
      );
    }
    if (done.dropped > 0) {
      lines.push(`${done.dryRun ? "would drop" : "dropped"} ${n(done.dropped)} old days`);
    }
  }
  if (done.waiting > 0) {
    lines.push(`${n(done.waiting)} raw files will be compacted when their day is over`);
  }
  return lines;
}
