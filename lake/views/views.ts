/**
 * The views that people query: `language`, `mastodon_toot_raw`, `mastodon_toot`, `coverage`,
 * `covered_minute`.
 *
 * @module
 */
import languagesCsv from "../../config/languages.csv" with { type: "text" };
import { namingDamagedFile } from "../engine/damaged-file.ts";
import { FilesDiffer } from "../engine/duckdb-failure.ts";
import type { Lake, Queries } from "../engine/lake.ts";
import { compactedFiles, sideFilesOf } from "../table/read/lake-table.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { viewsAreMade } from "../engine/shared-lake.ts";
import { FileGone } from "../store/failures.ts";
import { isS3 } from "../store/location.ts";
import { type Store, totalBytes } from "../store/store.ts";
import { areMany, filesToRead, isUnchanged, type LakeFiles, listFiles } from "./views-files.ts";
import { coverageSql, COVERED_MINUTE_SQL } from "./coverage-sql.ts";
import { judge } from "./judge.ts";
import * as sql from "./source-sql.ts";
import { type Part, tootRawSql, tootSql } from "./toot-sql.ts";

/** Options of {@linkcode createViews}. */
export interface ViewOptions {
  /**
   * The topic of toots. The names of the topics of deletes and coverage are derived from it.
   * Default: `mastodon-topic`.
   */
  topic?: string;
}

/** The result of {@linkcode createViews}. */
export interface Views {
  /** The SQL that created the views, with long lists shortened for people to read. */
  readonly sql: string;
  /** The number of raw files of toots that the views read. */
  readonly rawFiles: number;
  /** The number of compacted files of toots that the views read. */
  readonly compactedFiles: number;
}

/**
 * Many small files are loaded into memory if they have at most this many bytes together. In memory
 * they take about five times as much.
 */
const LOADED_BYTES = 256 * 2 ** 20;

/** With this setting, DuckDB reads only the needed parts of an object. */
const NO_DOWNLOAD = "set force_download = false";

/**
 * The maximum number of attempts to create the views, if compactions happen meanwhile. Each
 * compaction takes at least some seconds.
 */
const ATTEMPTS = 5;

/**
 * Creates the tables and views `language`, `mastodon_toot_raw` (every record), `mastodon_toot` (one
 * row per toot, with its latest edit and without deleted toots), `coverage` and `covered_minute`.
 * The views show the lake as it is now. Create them again to see newer toots. If a compaction
 * removes a file that they read, they are created again automatically.
 *
 * @throws {Failure} if a file of the lake cannot be read
 *
 * @example
 * ```ts
 * import { openLake } from "../engine/open.ts";
 * import { createViews } from "./views.ts";
 *
 * const lake = await openLake({ location: await Deno.makeTempDir() });
 * await createViews(lake);
 * const [row] = await lake.query<{ n: bigint }>("select count(*) as n from mastodon_toot");
 * if (row?.n !== 0n) throw new Error("an empty lake holds no toots");
 * await lake.close();
 * ```
 */
export async function createViews(lake: Lake, options: ViewOptions = {}): Promise<Views> {
  const { topic = TOOT_TOPIC } = options;
  const { store } = lake;
  let alike = true;
  for (let attempt = 1;; attempt++) {
    let files: LakeFiles | null = null;
    try {
      files = await listFiles(store, topic);
      const views = await lake.transaction((queries) => make(queries, files!, lake, alike));
      // A pattern may have matched other files than those that were listed.
      if (await isUnchanged(store, topic, files) || attempt === ATTEMPTS) {
        viewsAreMade(lake, urlsOf(store, files), () => createViews(lake, options));
        return views;
      }
    } catch (error) {
      // The failure may have occurred before `force_download` was reset.
      if (lake.engine === "native" && isS3(store.location)) await lake.exec(NO_DOWNLOAD);
      const differ = alike && error instanceof FilesDiffer;
      if (attempt === ATTEMPTS || !(differ || error instanceof FileGone)) {
        throw await namingDamagedFile(lake, files ? urlsOf(store, files) : [], error);
      }
      if (differ) alike = false;
    }
  }
}

async function make(
  lake: Queries,
  listed: LakeFiles,
  { store, engine }: Lake,
  alike: boolean,
): Promise<Views> {
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  const { table, toots, deletes, coverage } = listed;
  const compacted = compactedFiles(table);
  const languages = parseLanguages(languagesCsv);
  const hasRaw = toots.files.length > 0 || deletes.files.length > 0;
  const load = areMany(toots) && totalBytes(toots.files) <= LOADED_BYTES;
  const raw = load ? filesToRead(store, toots, engine) : urls(toots.files);

  const said: string[] = [];
  /** Runs a statement, and stores its text with shortened lists. */
  async function run(statement: (most?: number) => string) {
    said.push(statement(3));
    await lake.exec(statement());
  }

  await lake.exec("drop schema if exists lake cascade");
  await run(() => "create schema lake;");
  await run((most) => sql.languageTable(languages, most));
  // With `force_download`, DuckDB reads each small object as a whole, with one request instead of
  // two. It does not help if the files are not loaded, because a view reads only the needed parts.
  const download = load && engine === "native" && isS3(store.location);
  if (download) await lake.exec("set force_download = true");
  // Creating a view takes time even if nobody reads it, because DuckDB binds it at once.
  if (hasRaw || compacted.length === 0) {
    await run((most) => sql.recordSql(load ? "table" : "view", raw, load && alike, most));
  }
  if (download) await lake.exec(NO_DOWNLOAD);
  const compactedAlike = alike && compacted.every(({ complete }) => complete);
  if (compacted.length > 0) {
    await run((most) => sql.compactedSql(urls(compacted), compactedAlike, most));
  }
  let parts: Part[] = [{
    ...{ name: compacted.length > 0 ? "compacted" : "record", dropped: false, hidden: false },
  }];
  if (hasRaw) {
    const many = areMany(deletes) && alike;
    const kept = urls(table.deletions);
    await run((most) =>
      sql.viewDeletionsSql(filesToRead(store, deletes, engine), kept, many, most)
    );
    parts = await judge({ listed, urls, compactedAlike, queries: lake, run });
  }
  await run(() => tootRawSql(parts));
  await run(() => tootSql(parts));
  const many = areMany(coverage);
  // A pattern would miss the files that compaction has written.
  const covered = table.coverage.length > 0
    ? urls([...table.coverage, ...coverage.files])
    : filesToRead(store, coverage, engine);
  await run((most) =>
    coverageSql(
      many ? "table" : "view",
      covered,
      many && alike,
      most,
    )
  );
  await run(() => COVERED_MINUTE_SQL);
  // A compacted file is never replaced, so its length is enough as a version.
  const files = [
    ...compacted.map(({ path, bytes }) => [store.url(path), String(bytes)] as const),
    ...toots.files.map(({ path, version }) => [store.url(path), version] as const),
  ];
  await run((most) => sql.fileTable(files, most));
  return {
    sql: said.join("\n\n"),
    rawFiles: toots.files.length,
    compactedFiles: compacted.length,
  };
}

/** Returns the URLs of all files that the views read. */
function urlsOf(store: Store, { table, toots, deletes, coverage }: LakeFiles): string[] {
  const raw = [toots, deletes, coverage].flatMap(({ files }) => files);
  return [...raw, ...sideFilesOf(table), ...table.files]
    .map(({ path }) => store.url(path));
}

/** Reads `config/languages.csv`: two columns, with names in quotes if they contain a comma. */
function parseLanguages(csv: string): [string, string][] {
  return csv.trimEnd().split(/\r?\n/).slice(1).map((line) => {
    const comma = line.indexOf(",");
    const name = line.slice(comma + 1);
    return [
      line.slice(0, comma),
      name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
    ];
  });
}
