/**
 * Compaction: many small raw files become few large ones, a day each.
 *
 * It reads every raw file once into a database on disk, and then makes one day
 * after the other, so that its memory does not grow with the lake. What it writes
 * counts for nothing until the manifest names it; what it removes counts for
 * nothing any more by then. So it may be killed at any point.
 *
 * @module
 */
import { join } from "node:path";
import { compactDay, writeDeletions } from "./compact-day.ts";
import { leasePath, lockCompaction } from "./compact-lock.ts";
import * as sql from "./compact-sql.ts";
import { WRITING } from "../store/folder-store.ts";
import { compactedFolder, isVisible, topicFolder } from "../store/layout.ts";
import type { Lake } from "../engine/lake.ts";
import {
  type CompactedFile,
  compactedFiles,
  fresh,
  type Manifest,
  manifestPath,
  readManifest,
  swapManifest,
} from "./manifest.ts";
import { openNative } from "../engine/native.ts";
import { checkFolder, isS3, lakeLocation } from "../store/location.ts";
import { deleteTopic, TOOT_TOPIC } from "../../record/record.ts";
import type { Env } from "../../common/env.ts";
import { sizeText } from "../store/size-text.ts";
import { openStore } from "../store/open-store.ts";
import type { Store, StoredFile } from "../store/store.ts";

/** What {@linkcode compact} is told. */
export interface CompactOptions {
  /** A folder or `s3://bucket`. */
  readonly location: string;
  /** The topic of toots; that of the deletes goes with it. Default: `mastodon-topic`. */
  readonly topic?: string;
  /** Days before this one (`2026-11-23`, UTC) are closed. Default: today. */
  readonly before?: string;
  /** Drops days that are older than this many. Default: none. */
  readonly retain?: number | null;
  /** Looks only, and changes nothing. */
  readonly dryRun?: boolean;
  /** What DuckDB may use before it spills to disk. Default: 1GB. */
  readonly memory?: string;
  readonly env?: Env;
  readonly now?: () => number;
  /** Told what is being done. */
  readonly progress?: (message: string) => void;
  /** Called between any two steps that change the lake. */
  readonly step?: (name: string) => void | Promise<void>;
}

/** What a compaction did, or would do. */
export interface CompactSummary {
  readonly dryRun: boolean;
  /** Raw files taken in, of both topics; their bytes; records of toots in them. */
  rawFiles: number;
  rawBytes: number;
  records: number;
  /** Raw files that wait, because they reach into a day that is not closed. */
  waiting: number;
  /** Days that were written, and the files, rows and bytes that they have now. */
  days: number;
  files: number;
  rows: number;
  bytes: number;
  /** Records that another one of the same toot stands for. */
  duplicates: number;
  /** Toots that were deleted. */
  deleted: number;
  /** Days that were dropped because of their age. */
  dropped: number;
}

const DAY_MS = 86_400_000;

/**
 * Compacts a lake.
 *
 * @throws {Failure} where it cannot, or another one is at work; the lake is as it was
 *
 * @example
 * ```ts
 * import { compact } from "./compact.ts";
 *
 * const summary = await compact({ location: await Deno.makeTempDir() });
 * if (summary.rawFiles !== 0) throw new Error("an empty lake has nothing to compact");
 * ```
 */
export async function compact(options: CompactOptions): Promise<CompactSummary> {
  const { topic = TOOT_TOPIC, dryRun = false, now = Date.now } = options;
  const env = options.env ?? ((name: string) => Deno.env.get(name));
  const location = lakeLocation(options.location);
  if (!isS3(location)) await checkFolder(location);
  const store = openStore(location, env);
  const unlock = dryRun ? null : await lockCompaction(store, topic, now);
  const scratch = dryRun || isS3(location)
    ? await Deno.makeTempDir({ prefix: "compact-" })
    : join(location, WRITING, `compact+${topic}`);
  // What a killed compaction left there is of no use.
  await Deno.remove(scratch, { recursive: true }).catch(() => {});
  await Deno.mkdir(scratch, { recursive: true });
  try {
    return await run(store, scratch, env, { ...options, topic });
  } finally {
    await Deno.remove(scratch, { recursive: true }).catch(() => {});
    await unlock?.();
  }
}

async function run(
  store: Store,
  scratch: string,
  env: Env,
  options: CompactOptions & { topic: string },
): Promise<CompactSummary> {
  const { topic, dryRun = false, memory = "1GB", now = Date.now, retain = null } = options;
  const { progress = () => {}, step = () => {} } = options;
  const before = options.before ?? new Date(now()).toISOString().slice(0, 10);
  const oldest = retain === null
    ? null
    : new Date(now() - retain * DAY_MS).toISOString().slice(0, 10);

  const { manifest, version } = await readManifest(store, topic);
  if (!dryRun) await sweep(store, topic, manifest, step);
  const list = async (of: string) =>
    fresh((await store.list(topicFolder(of))).filter(({ path }) => isVisible(path)), manifest);
  const raw = await list(topic);
  const deletes = await list(deleteTopic(topic));
  const tooOld = Object.keys(manifest.days).filter((day) => oldest !== null && day < oldest);

  const lake = await openNative({
    ...{ location: store.location, memory, env },
    database: join(scratch, "loaded.duckdb"),
    spill: join(scratch, "spill"),
  });
  try {
    const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
    if (raw.length > 0) progress(`reading ${raw.length} raw files, ${sizeText(bytesOf(raw))}`);
    await lake.exec(sql.loadedSql(urls(raw)));
    const waiting = await leaveOpen(lake, store, raw, before);
    const taken = raw.filter((file) => !waiting.has(file));
    if (oldest !== null) await lake.exec(sql.dropOldSql(oldest));
    await lake.exec(sql.deletionSql(urls(deletes), urls(manifest.deletions), oldest));

    const summary: CompactSummary = {
      dryRun,
      rawFiles: taken.length + deletes.length,
      rawBytes: bytesOf(taken) + bytesOf(deletes),
      records: await number(lake, "select count(*) as n from loaded"),
      waiting: waiting.size,
      ...{ days: 0, files: 0, rows: 0, bytes: 0, duplicates: 0, deleted: 0 },
      dropped: tooOld.length,
    };
    if (summary.rawFiles === 0 && tooOld.length === 0) return summary;

    const standing = compactedFiles(manifest, (day) => !tooOld.includes(day));
    const days = await touchedDays(lake, deletes.length > 0 ? urls(standing) : []);
    if (dryRun) return { ...summary, days: days.length };

    const written = new Map<string, CompactedFile[]>();
    const generation = manifest.generation + 1;
    const bytesPerRow = summary.rawBytes / Math.max(1, summary.records);
    for (const [index, day] of days.entries()) {
      progress(`day ${day}, ${index + 1} of ${days.length}`);
      const was = manifest.days[day] ?? [];
      const done = await compactDay(lake, {
        store,
        topic,
        day,
        generation,
        scratch,
        was,
        bytesPerRow,
      });
      written.set(day, done.files);
      summary.rows += done.rows;
      summary.duplicates += done.duplicates;
      summary.deleted += done.deleted;
      await step(`wrote ${day}`);
    }
    const deletions = await writeDeletions(lake, { store, topic, generation, scratch });
    await step("wrote deletes");

    const next: Manifest = {
      format: 1,
      generation,
      days: Object.fromEntries(
        Object.entries({ ...manifest.days, ...Object.fromEntries(written) })
          .filter(([day, files]) => files.length > 0 && !tooOld.includes(day))
          .sort(([a], [b]) => a < b ? -1 : 1),
      ),
      deletions,
      taken: Object.fromEntries([...taken, ...deletes].map((file) => [file.path, file.version])),
    };
    await swapManifest(store, topic, next, version);
    await step("swapped");
    await sweep(store, topic, next, step);
    const files = [...written.values()].flat();
    return { ...summary, days: days.length, files: files.length, bytes: bytesOf(files) };
  } finally {
    await lake.close();
  }
}

/**
 * Removes what nobody reads any more: raw files that are taken in, and compacted
 * files that the manifest does not name (replaced, or left by one that was killed).
 */
async function sweep(
  store: Store,
  topic: string,
  manifest: Manifest,
  step: (name: string) => void | Promise<void>,
): Promise<void> {
  const raw = [
    ...await store.list(topicFolder(topic)),
    ...await store.list(topicFolder(deleteTopic(topic))),
  ];
  // One that was written anew meanwhile has another version, and stays.
  const taken = raw.filter(({ path, version }) => manifest.taken[path] === version);
  const named = new Set([
    ...[...compactedFiles(manifest), ...manifest.deletions].map(({ path }) => path),
    ...[manifestPath(topic), leasePath(topic)],
  ]);
  const replaced = (await store.list(compactedFolder(topic))).filter(({ path }) =>
    !named.has(path)
  );
  const paths = [...replaced, ...taken].map(({ path }) => path);
  for (let done = 0; done < paths.length; done += REMOVED_AT_ONCE) {
    await step("removing");
    await store.remove(paths.slice(done, done + REMOVED_AT_ONCE));
  }
}

/** Files that are removed between two steps. */
const REMOVED_AT_ONCE = 8;

/**
 * Takes the rows of files out again that are not closed: they reach into a day from
 * `before` on, and were written on such a day. (A server's clock may be years ahead;
 * its toots wait a day for that, not years.)
 */
async function leaveOpen(
  lake: Lake,
  store: Store,
  raw: readonly StoredFile[],
  before: string,
): Promise<Set<StoredFile>> {
  const reaching = new Set(
    (await lake.query<{ filename: string }>(sql.REACHING_SQL, { before }))
      .map(({ filename }) => filename),
  );
  const start = Date.parse(`${before}T00:00:00Z`);
  const open = raw.filter((file) => file.modified >= start && reaching.has(store.url(file.path)));
  if (open.length > 0) {
    await lake.exec(sql.leaveSql(open.map(({ path }) => store.url(path))));
  }
  return new Set(open);
}

/** Days that get something new, or lose something, in their order. */
async function touchedDays(lake: Lake, compacted: readonly string[]): Promise<string[]> {
  const rows = await lake.query<{ day: string }>(sql.LOADED_DAYS_SQL);
  if (compacted.length > 0) {
    rows.push(...await lake.query<{ day: string }>(sql.hitDaysSql(compacted)));
  }
  return [...new Set(rows.map(({ day }) => day))].sort();
}

async function number(lake: Lake, query: string): Promise<number> {
  const [row] = await lake.query<{ n: bigint }>(query);
  return Number(row!.n);
}

function bytesOf(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
