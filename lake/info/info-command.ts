/**
 * `deno task lake info` describes a lake.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { type LakeInfo, lakeInfo } from "./info.ts";
import { parseTopic } from "../../common/command-line.ts";
import type { Env } from "../../common/env.ts";
import { whyEmpty } from "../store/location.ts";
import { sizeText } from "../store/size-text.ts";
import { TOPIC_TEXT, topicOf } from "../store/topic-option.ts";

/** Options of {@linkcode runInfo}. */
export interface InfoOptions {
  readonly location: string;
  readonly topic: string;
  /** True to print JSON for programs. */
  readonly json: boolean;
}

/** Creates the command. `run` receives the options. */
export function infoCommand(run: (options: InfoOptions) => void, env: Env) {
  const or = (name: string, fallback: string) => env(name) || fallback;
  return new Command("info")
    .description(
      "Describe a lake: days, files, rows, bytes, and the files that wait for compaction.",
    )
    .option("--lake <path|s3://…>", "lake to describe [LAKE]", or("LAKE", "data/lake"))
    .option("--topic <name>", TOPIC_TEXT, parseTopic)
    .option("--json", "print JSON")
    .allowExcessArguments(false)
    .action(({ lake, topic, json = false }) =>
      run({
        location: lake,
        topic: topicOf(topic, env),
        json,
      })
    );
}

/** Runs the command. `print` is called for each line of the output. */
export async function runInfo(
  { json, ...options }: InfoOptions,
  print: (line: string) => void,
  env: Env,
): Promise<void> {
  const info = await lakeInfo({ ...options, env });
  if (json) print(JSON.stringify(info));
  else infoLines(info).forEach((line) => print(line));
}

/** Formats the description of a lake as lines of text for people. */
export function infoLines(info: LakeInfo): string[] {
  const { location, topic, table, days, raw, deletes, leftovers } = info;
  const n = (number: number) => number.toLocaleString("en");
  const line = (name: string, files: number, rows: number, bytes: number) =>
    name.padEnd(22) +
    `${n(files).padStart(8)}${n(rows).padStart(14)}${sizeText(bytes).padStart(12)}`;
  const lines = [`${location}, ${topic}`];
  lines.push(`${"".padEnd(22)}${"files".padStart(8)}${"rows".padStart(14)}${"bytes".padStart(12)}`);
  for (const one of days) lines.push(line(one.days, one.files, one.rows, one.bytes));
  const sum = (of: "files" | "rows" | "bytes") => days.reduce((total, day) => total + day[of], 0);
  lines.push(line("compacted", sum("files"), sum("rows"), sum("bytes")));
  lines.push(line("raw", raw.files, raw.rows, raw.bytes));
  lines.push(line("raw deletes", deletes.files, deletes.rows, deletes.bytes));
  if (table !== null) {
    lines.push(`Iceberg table ${table.location}, version ${n(table.version)}`);
    if (table.movedFrom !== null) {
      lines.push(
        `  moved from ${table.movedFrom}; other engines can read it after the next ` +
          "`deno task lake compact`",
      );
    }
    for (const { id, at, operation, files, rows } of table.snapshots) {
      lines.push(
        `  snapshot ${id} of ${new Date(at).toISOString().slice(0, 19)}Z, ${operation}: ` +
          `${n(files)} files, ${n(rows)} toots`,
      );
    }
  }
  if (leftovers > 0) {
    lines.push(`${n(leftovers)} raw files have been compacted; the next compaction removes them`);
  }
  if (days.length === 0 && raw.files === 0) lines.push(`no toots yet; ${whyEmpty(location)}`);
  if (raw.files > 100) {
    lines.push("many small files: `deno task lake compact` makes queries faster");
  }
  return lines;
}
