/**
 * Compaction: merges many small raw files into a few large ones, in one Iceberg table.
 *
 * It reads every raw file once into a database on disk. Then it rewrites the changed days one after
 * the other, so that its memory does not grow with the lake. New files have no effect until a
 * commit names them, and old files are removed only when nothing needs them any more. So a
 * compaction may be killed at any point.
 *
 * @module
 */
import { join } from "node:path";
import { type Env, processEnv } from "../../common/env.ts";
import { Failure } from "../../common/failure.ts";
import { coverageTopic, deleteTopic, TOOT_TOPIC } from "../../record/record.ts";
import { namingDamagedFile } from "../engine/damaged-file.ts";
import type { Lake } from "../engine/lake.ts";
import { openNative } from "../engine/native.ts";
import { WRITING } from "../store/folder-store.ts";
import { compactedFolder } from "../store/layout.ts";
import { checkFolder, isS3, lakeLocation } from "../store/location.ts";
import { openStore } from "../store/open-store.ts";
import { retryingStore } from "../store/retrying-store.ts";
import { sizeText } from "../store/size-text.ts";
import { type Store, totalBytes } from "../store/store.ts";
import { COMPACTED_COLUMNS } from "../truth/source-sql.ts";
import { type Change, commit, type CommitPlace, writeVersionHint } from "./commit.ts";
import { lockCompaction } from "./compact-lock.ts";
import { compactSpan } from "./compact-span.ts";
import * as sql from "./compact-sql.ts";
import { dayAt, daysText } from "./read/days.ts";
import type { DataFile } from "./iceberg/manifest.ts";
import { currentSchema } from "./iceberg/metadata.ts";
import { evolveSchema } from "./iceberg/schema.ts";
import { compareOtherDays } from "./index/other-days.ts";
import { findWithdrawn } from "./index/withdrawn.ts";
import { planCompaction } from "./plan.ts";
import { leaveOpen, listFresh, readUrls } from "./raw-files.ts";
import { readTable } from "./read/read-table.ts";
import { removeUnused } from "./remove-unused.ts";
import {
  writeCoverage,
  writeDeletions,
  writeIndex,
  writeOptOuts,
  writePosts,
} from "./side-files.ts";
import { tableLocation } from "./read/table-paths.ts";
import { endLegacy, isLegacy, takeOver } from "./take-over.ts";

/** Options of {@linkcode compact}. */
export interface CompactOptions {
  /** The lake: a folder or `s3://bucket`. */
  readonly location: string;
  /** Topic of toots. Delete and coverage topics are named after it. Default: `mastodon-topic`. */
  readonly topic?: string;
  /**
   * Compacts the days before this one (`2026-11-23`, UTC), or all toots with `now`. Default: today.
   */
  readonly before?: string | "now";
  /** Drops the days that are more than this many days ago. Default: keeps all days. */
  readonly retain?: number | null;
  /** True to report what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** The memory that DuckDB may use before it spills to disk. Default: 1GB. */
  readonly memory?: string;
  readonly env?: Env;
  readonly now?: () => number;
  /** Aborting it interrupts the compaction. No toots are lost. */
  readonly signal?: AbortSignal;
  /** Receives the progress, line by line. */
  readonly progress?: (message: string) => void;
  /** Called between any two steps that change the lake. */
  readonly step?: (name: string) => void | Promise<void>;
}

/** The result of a compaction, or of a dry run. */
export interface CompactSummary {
  readonly dryRun: boolean;
  /** The number of compacted raw files of all topics, and of the bytes and toot records in them. */
  rawFiles: number;
  rawBytes: number;
  records: number;
  /** The number of raw files that wait, because they contain toots of a day that is not over. */
  waiting: number;
  /** The number of changed days, and of the files, rows and bytes that were written. */
  days: number;
  files: number;
  rows: number;
  bytes: number;
  /** The number of records that were dropped because another record of the same toot is kept. */
  duplicates: number;
  /** The number of deleted toots that were removed. */
  deleted: number;
  /** The number of days that were dropped because of their age. */
  dropped: number;
}

const DAY_MS = 86_400_000;

/**
 * With these settings, DuckDB repeats its own requests for about half a minute while an object
 * store is overloaded.
 */
const HTTP_RETRIES =
  "SET http_retries = 8; SET http_retry_wait_ms = 250; SET http_retry_backoff = 2";

/**
 * Compacts a lake.
 *
 * @throws {Failure} if it fails, or another process is compacting the lake; no toots are lost
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
  const { topic = TOOT_TOPIC, dryRun = false, now = Date.now, env = processEnv } = options;
  const location = lakeLocation(options.location);
  if (!isS3(location)) await checkFolder(location);
  const { signal, progress = () => {} } = options;
  const retries = { notify: progress, ...(signal && { signal }) };
  const store = retryingStore(openStore(location, env), retries);
  const unlock = dryRun ? null : await lockCompaction(store, topic, now);
  const scratch = dryRun || isS3(location)
    ? await Deno.makeTempDir({ prefix: "compact-" })
    : join(location, WRITING, `compact+${topic}`);
  try {
    // Files that a killed compaction left in this folder are useless.
    await Deno.remove(scratch, { recursive: true }).catch(() => {});
    await Deno.mkdir(scratch, { recursive: true });
    const lake = await openNative({
      ...{ location: store.location, memory: options.memory ?? "1GB", env },
      database: join(scratch, "loaded.duckdb"),
      ...{ spill: join(scratch, "spill"), signal },
    });
    try {
      if (isS3(location)) await lake.exec(HTTP_RETRIES);
      return await run(lake, store, scratch, { ...options, topic, now });
    } catch (error) {
      if (!signal?.aborted) {
        throw await namingDamagedFile(lake, await readUrls(store, topic), error);
      }
      throw new Failure(`stopped by ${signal.reason}; nothing is lost`, { cause: error });
    } finally {
      await lake.close();
    }
  } finally {
    await Deno.remove(scratch, { recursive: true }).catch(() => {});
    await unlock?.();
  }
}

async function run(
  lake: Lake,
  store: Store,
  scratch: string,
  options: CompactOptions & { topic: string; now: () => number },
): Promise<CompactSummary> {
  const { topic, now, dryRun = false, retain = null } = options;
  const { progress = () => {}, step = () => {} } = options;
  const before = options.before ?? new Date(now()).toISOString().slice(0, 10);
  const oldest = retain === null ? null : dayAt(now() - retain * DAY_MS);
  const place: CommitPlace = {
    ...{ store, topic, now },
    step: async (name) => {
      await step(name);
      options.signal?.throwIfAborted();
    },
  };

  let table = await readTable(store, topic);
  const { metadata } = table;
  const schema = metadata === null
    ? evolveSchema(COMPACTED_COLUMNS, [])
    : evolveSchema(COMPACTED_COLUMNS, metadata.schemas, currentSchema(metadata));
  if (!dryRun) {
    if (isLegacy(table)) {
      progress("this lake was compacted by an earlier release; its files become an Iceberg table");
      table = await takeOver(lake, place, table, schema);
    }
    if (table.version > 0) {
      await endLegacy(store, topic);
      await writeVersionHint(store, topic);
    }
    table = await removeUnused(place, table, schema, null);
  }

  const raw = await listFresh(store, topic, table);
  const deletes = await listFresh(store, deleteTopic(topic), table);
  const coverage = await listFresh(store, coverageTopic(topic), table);
  // Deletes and coverage are always compacted, even if their day is not over.
  const others = [...deletes, ...coverage];
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  if (raw.length > 0) progress(`reading ${raw.length} raw files, ${sizeText(totalBytes(raw))}`);
  await lake.exec(sql.loadedSql(urls(raw)));
  // Opt-outs always count, even if the file that contains them must wait.
  await lake.exec(sql.tableOptOutsSql(urls(table.optOuts)));
  const optedOut = await number(lake, "select count(*) as n from opt_out where fresh");
  const waiting = before === "now" ? new Set() : await leaveOpen(lake, store, raw, before);
  const taken = raw.filter((file) => !waiting.has(file));
  await lake.exec(sql.ONE_DAY_SQL);
  const otherDays = await compareOtherDays(lake, store, table);
  if (oldest !== null) await lake.exec(sql.dropOldSql(oldest));
  await lake.exec(sql.tableDeletionsSql(urls(deletes), urls(table.deletions), oldest));

  const plan = planCompaction(table, {
    loaded: await lake.query<{ day: number | null; rows: number }>(sql.LOADED_DAYS_SQL),
    rewritten: [
      ...deletes.length + optedOut > 0 ? await findWithdrawn(lake, store, table) : [],
      ...otherDays.left,
    ],
    oldest,
  });
  const summary: CompactSummary = {
    ...{ dryRun, rawFiles: taken.length + others.length, waiting: waiting.size },
    rawBytes: totalBytes(taken) + totalBytes(others),
    records: await number(lake, "select count(filename) as n from loaded"),
    ...{ days: plan.changedDays, files: 0, rows: 0, bytes: 0, duplicates: 0, deleted: 0 },
    dropped: plan.droppedDays,
  };
  const moved = metadata !== null && metadata.location !== tableLocation(store, topic);
  const changes = summary.rawFiles + optedOut + plan.droppedDays > 0 || moved;
  if (dryRun || !changes) return summary;
  if (moved) progress("this lake was moved; its table gets the new location");

  const bytesPerRow = totalBytes(taken) / Math.max(1, summary.records);
  const dataPlace = {
    ...{ store, topic, schema, scratch, bytesPerRow },
    moved: otherDays.moved > 0,
  };
  const added: DataFile[] = [];
  let withdrawn = otherDays.moved;
  for (const [index, span] of plan.spans.entries()) {
    const name = daysText(span.days);
    progress(`${name}, ${index + 1} of ${plan.spans.length}`);
    const done = await compactSpan(lake, dataPlace, span, oldest);
    added.push(...done.files);
    summary.rows += done.rows;
    summary.duplicates += done.duplicates;
    summary.deleted += done.deleted;
    withdrawn += done.withdrawn;
    await place.step(`wrote ${name}`);
  }
  const side = { store, topic, scratch };
  const change: Change = {
    ...{ schema, added, removed: plan.removed },
    expire: withdrawn > 0 || plan.dropped.length > 0,
    deletions: await writeDeletions(lake, side, table),
    optOuts: await writeOptOuts(lake, side, table),
    coverage: await writeCoverage(lake, side, table, urls(coverage), oldest),
    index: await writeIndex(lake, side, table, otherDays),
    posts: await writePosts(lake, side, table, otherDays),
    taken: Object.fromEntries([...taken, ...others].map((file) => [file.path, file.version])),
  };
  await place.step("wrote deletes");
  const listed = await store.list(compactedFolder(topic));
  await removeUnused(place, await commit(place, table, change), schema, listed);
  summary.files = added.length;
  summary.bytes = added.reduce((sum, file) => sum + file.file_size_in_bytes, 0);
  return summary;
}

async function number(lake: Lake, query: string): Promise<number> {
  const [row] = await lake.query<{ n: bigint }>(query);
  return Number(row!.n);
}
