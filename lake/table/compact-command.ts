/**
 * `deno task lake compact`: what it is told, and what it says.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { compact, type CompactOptions, type CompactSummary } from "./compact.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import type { Env } from "../../common/env.ts";
import { sizeText } from "../store/size-text.ts";

const AFTER = `
Days are those on which a toot was posted, in UTC. Run it once a day; the newest day is taken in
when it is over. Readers and writers may go on meanwhile, and it may be killed at any point.`;

/** The command; \`run\` is told the options. */
export function compactCommand(run: (options: CompactOptions) => void, env: Env) {
  const or = (name: string, fallback: string) => env(name) || fallback;
  return new Command("compact")
    .description("Make few large files of many small ones, without duplicates and deleted toots.")
    .option("--lake <path|s3://…>", "which lake [LAKE]", or("LAKE", "data/lake"))
    .option(
      "--topic <name>",
      "of toots; that of the deletes goes with it [MASTODON_TOPIC]",
      or("MASTODON_TOPIC", TOOT_TOPIC),
    )
    .option("--before <date>", "take in days before this one (default: today, UTC)", date)
    .option("--retain <days>", "drop days that are older than so many", days)
    .option("--memory <size>", "what DuckDB may use before it spills to disk", memory, "1GB")
    .option("--dry-run", "say what would be done, and do nothing")
    .addHelpText("after", AFTER)
    .allowExcessArguments(false)
    .action((given) =>
      run({
        location: given.lake,
        topic: given.topic,
        ...(given.before === undefined ? {} : { before: given.before }),
        retain: given.retain ?? null,
        memory: given.memory,
        dryRun: given.dryRun ?? false,
        env,
      })
    );
}

function date(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("it is no date such as 2026-11-23");
}

function days(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= 1 && number <= 36_500) return number;
  throw new InvalidArgumentError("it is no whole number from 1 to 36500");
}

function memory(text: string): string {
  if (/^\d+(\.\d+)? ?[KMG]i?B$/i.test(text)) return text;
  throw new InvalidArgumentError("it is no size such as 500MB or 2GB");
}

/** Runs it, and says what it does and did, a line at a time. */
export async function runCompact(
  options: CompactOptions,
  say: (line: string) => void,
): Promise<void> {
  summaryLines(await compact({ ...options, progress: say })).forEach((line) => say(line));
}

/** What a compaction did, for people. */
export function summaryLines(done: CompactSummary): string[] {
  const n = (number: number) => number.toLocaleString("en");
  const lines: string[] = [];
  const took = done.dryRun ? "would take in" : "took in";
  if (done.rawFiles + done.dropped === 0) lines.push("nothing to compact");
  else {
    lines.push(
      `${took} ${n(done.rawFiles)} raw files, ${sizeText(done.rawBytes)}, ` +
        `${n(done.records)} records of ${n(done.days)} days`,
    );
    if (!done.dryRun) {
      lines.push(
        `wrote ${n(done.files)} files, ${sizeText(done.bytes)}, ${n(done.rows)} toots; ` +
          `${n(done.duplicates)} duplicates and ${n(done.deleted)} deleted toots are gone`,
      );
    }
    if (done.dropped > 0) {
      lines.push(`${done.dryRun ? "would drop" : "dropped"} ${n(done.dropped)} old days`);
    }
  }
  if (done.waiting > 0) lines.push(`${n(done.waiting)} raw files wait until their day is over`);
  return lines;
}
