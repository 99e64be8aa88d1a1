/**
 * Measures how the metadata, the compaction of a day and the time of the questions grow with the
 * lake. Weeks are added to a lake in a folder. At the given sizes, the questions, the compaction of
 * ten deletes and the compaction of one more day are measured.
 *
 * Usage: `deno run -A bench/lake/grow.ts LOCATION WEEK RAW WEEKS… [--until 16:30]`
 *
 * WEEK is a compacted lake of one week, and RAW has the raw files from which it was made:
 *
 * ```sh
 * deno run -A bench/lake/write.ts data/bench/raw 1000000 20480 0 1
 * cp -r data/bench/raw data/bench/week
 * deno task lake compact --lake data/bench/week --before now
 * deno run -A bench/lake/grow.ts data/bench/grow data/bench/week data/bench/raw 10 20 50 100
 * ```
 *
 * LOCATION is the lake that grows. WEEKS are its sizes in weeks, the smallest first. For each size,
 * a line of JSON is printed and stored in `LOCATION.jsonl`. No size is started after `--until`
 * (UTC).
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { openLake } from "../../lake/engine/open.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { type Store, totalBytes } from "../../lake/store/store.ts";
import { readTable } from "../../lake/table/read/read-table.ts";
import { metadataFolder } from "../../lake/table/read/table-paths.ts";
import { createViews } from "../../lake/views/views.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { runToEnd } from "../process.ts";
import type { Timing } from "./run.ts";
import { addRawDay, addTenDeletes, addWeeks } from "./weeks.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs a program of this project, and returns its usage and its output. */
async function run(...args: string[]) {
  const ended = await runToEnd(
    Deno.execPath(),
    { args: ["run", "-A", "--no-check", "--quiet", ...args], cwd: ROOT },
    50,
  );
  if (ended.exitCode !== 0) throw new Error(`${args[0]}: ${ended.stderr}`);
  return ended;
}

/** Compacts the whole lake in a separate process. */
async function compactAll(location: string) {
  const { seconds, cpuSeconds, peakMiB } = await run(
    ...["lake/main.ts", "compact", "--lake", location, "--before", "now"],
  );
  return { seconds, cpuSeconds, peakMiB };
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

/** Returns the bytes of the table's files and of its metadata, by kind. */
async function sizeOfTable(location: string) {
  const store = openStore(location);
  const [readMs, table] = await timed(() => readTable(store, TOOT_TOPIC));
  const metadata = await store.list(metadataFolder(TOOT_TOPIC));
  const kinds: Record<string, number> = {};
  for (const { path, bytes } of metadata) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const kind = /-m\d+\.avro$/.test(name) ? "manifests" : name.split(/[-.]/)[0]!;
    const key = /^v\d+$/.test(kind) ? "json" : kind;
    kinds[key] = (kinds[key] ?? 0) + bytes;
  }
  return {
    toots: table.files.reduce((all, { rows }) => all + rows, 0),
    files: table.files.length,
    bytes: totalBytes(table.files),
    metadata: kinds,
    readMs,
  };
}

/**
 * Measures the milliseconds that the native engine needs to create the views, in a process that is
 * already running.
 */
async function viewsMs(location: string): Promise<number> {
  const lake = await openLake({ location });
  try {
    const [first] = await timed(() => createViews(lake));
    const [second] = await timed(() => createViews(lake));
    return Math.min(first, second);
  } finally {
    await lake.close();
  }
}

/**
 * At each size, a day of a further week is added. This is the number of that week at the first
 * size; each further size uses the next number.
 */
const NEXT_WEEK = 105;

async function grow(
  { location, week, raw, from, to, next }: {
    location: string;
    week: Store;
    raw: string;
    from: number;
    to: number;
    next: number;
  },
) {
  const lake = await openLake({ location, memory: "2GB" });
  const [laidMs] = await timed(() => addWeeks(lake, week, from, to));
  const size = await sizeOfTable(location);
  const views = await viewsMs(location);
  const { stdout } = await run("bench/lake/run.ts", location, "native");
  const { steps: questions, peakMiB } = JSON.parse(stdout.trim().split("\n").at(-1)!) as Timing;
  await addTenDeletes(lake, week, to - 1);
  const viewsWithDeletes = await viewsMs(location);
  const ofDeletes = await compactAll(location);
  await addRawDay(lake, raw, next);
  const ofDay = await compactAll(location);
  await lake.close();
  return { ...size, laidMs, views, questions, peakMiB, viewsWithDeletes, ofDeletes, ofDay };
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { until: { type: "string", default: "99" } },
});
const [location, week, raw] = positionals.slice(0, 3) as [string, string, string];
const sizes = positionals.slice(3).map(Number);
const log = `${location}.jsonl`;
await Deno.mkdir(location, { recursive: true });
for (const [i, weeks] of sizes.entries()) {
  if (new Date().toISOString().slice(11, 16) >= values.until) break;
  const figures = await grow({
    ...{ location, week: openStore(week), raw },
    ...{ from: sizes[i - 1] ?? 0, to: weeks, next: NEXT_WEEK + i },
  });
  const line = JSON.stringify({ at: new Date(), load: Deno.loadavg()[1], weeks, ...figures });
  console.log(line);
  await Deno.writeTextFile(log, line + "\n", { append: true });
}
