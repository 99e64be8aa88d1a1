/**
 * Snapshots of a lake for the page, and their updates.
 *
 * Two DuckDBs share the work. The first one reads the lake, and runs only the explorer's own
 * statements. The second one answers the page and is locked (`locked.ts`). It gets the changes of
 * the lake (`changes.ts`) as Parquet files without names and texts. Its tables are kept for the
 * next run (`cache.ts`).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { createViews, type Lake, openLake, TOOT_TOPIC } from "../../lake/mod.ts";
import { literalGlob, quote } from "../../lake/engine/sql.ts";
import { FileGone } from "../../lake/store/failures.ts";
import type { About, Contents } from "./about.ts";
import { type Claim, claimTables } from "./cache.ts";
import {
  acceptChanges,
  ADDED_WITH_WORD,
  findChanges,
  isNothing,
  startChanges,
  type Unused,
} from "./changes.ts";
import { AUTHOR_SQL, FIXED, FREE, PLAIN } from "./columns.ts";
import { readContents, readCounts, readSaved, save } from "./contents.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { type Locked, openLocked } from "./locked.ts";
import { applyChanges, CREATE_TABLES, writeState } from "./tables.ts";

/** Options of {@linkcode openSnapshots}. */
export interface SnapshotOptions {
  /** The lake: a folder, or `s3://bucket`. */
  readonly location: string;
  readonly topic?: string | undefined;
  readonly limits?: Limits;
  /** The folder that keeps the tables for the next run. Default: they are not kept. */
  readonly cache?: string | null;
  /** The maximum number of bars of the time chart. Default: 360. */
  readonly slots?: number;
  /** Aborting it stops all work. */
  readonly signal?: AbortSignal;
}

/** The numbers of a lake at one moment. */
export interface Snapshot {
  /** The version, which increases with each snapshot. */
  readonly version: number;
  readonly contents: Contents;
  readonly counts: About["counts"];
}

/** The latest snapshot of a lake, and how to get a newer one. */
export interface Snapshots {
  /** The latest snapshot. */
  readonly current: Snapshot;
  /** The database that answers the page. */
  readonly database: Locked;
  /** The only folder whose files the database reads and writes. */
  readonly folder: string;
  /** The lake itself, for statements of the explorer. */
  readonly lake: Lake;
  readonly limits: Limits & typeof LIMITS;
  /**
   * The words that users have searched for, in lower case, and the number of toots with each word.
   */
  readonly words: Map<string, Promise<number>>;
  /**
   * Copies the changes of the lake to the database. Resolves with false if there are none.
   */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

/** A snapshot is attempted at most this many times if compactions remove files meanwhile. */
const ATTEMPTS = 5;

/** A hash of the definitions of the tables. Kept tables with another hash are not used. */
const MAKE = createHash("sha256")
  .update(JSON.stringify([CREATE_TABLES, PLAIN, FIXED, FREE, AUTHOR_SQL, 1])).digest("hex");

/**
 * Opens a lake and takes the first snapshot.
 *
 * @throws {Failure} if the lake cannot be read
 */
export async function openSnapshots(options: SnapshotOptions): Promise<Snapshots> {
  const { location, topic = TOOT_TOPIC, limits, cache = null, slots, signal } = options;
  const lake = await openLake({
    ...{ location, engine: "native", memory: limits?.memory },
    ...(signal ? { signal } : {}),
  });
  const folder = await Deno.makeTempDir({ prefix: "explorer-" });
  const incoming = `${folder}/incoming`;
  const words = new Map<string, Promise<number>>();
  let claim: Claim | null = null;
  let database: Locked | null = null;
  let current: Snapshot | null = null;
  let seen = "";

  /** Copies the changes of the lake to the database. Returns false if there are none. */
  async function take(): Promise<boolean> {
    const version = (current?.version ?? 0) + 1;
    for (let attempt = 1;; attempt++) {
      await createViews(lake, { topic });
      try {
        const changes = await findChanges(lake, incoming);
        if (isNothing(changes)) {
          if (current !== null) return false;
          const kept = await readSaved(database!);
          if (kept !== null) current = { version, ...kept };
          if (current !== null) return true;
        }
        let unused: readonly Unused[] = [];
        await database!.change(async (connection) => {
          const interrupt = () => connection.interrupt();
          signal?.addEventListener("abort", interrupt);
          unused = await applyChanges(connection, changes, slots)
            .finally(() => signal?.removeEventListener("abort", interrupt));
        });
        await acceptChanges(lake, unused);
        if (changes.added !== null) await findWordsInAdded();
        break;
      } catch (error) {
        // If a compaction has removed a file since the views were created, this tries again.
        if (!(error instanceof FileGone) || attempt === ATTEMPTS) throw error;
      }
    }
    const [contents, counts] = await Promise.all([readContents(database!), readCounts(database!)]);
    current = { version, contents, counts };
    await save(database!, { contents, counts });
    return true;
  }

  async function findWordsInAdded(): Promise<void> {
    for (const word of words.keys()) {
      const rows = await lake.query<{ id: bigint }>(ADDED_WITH_WORD, { word });
      await database!.putWord(word, rows.map(({ id }) => id));
    }
  }

  async function close(): Promise<void> {
    await database?.close();
    await claim?.release();
    await lake.close();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }

  try {
    await Deno.mkdir(incoming);
    const named = location.startsWith("s3://") ? location : resolve(location);
    claim = await claimTables({ folder: cache, lake: `${named}\n${topic}`, scratch: folder });
    database = await openTables(claim, incoming, limits);
    await startChanges(lake, incoming);
    seen = await filesOf(lake);
    await take();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    lake,
    limits: { ...LIMITS, ...limits },
    words,
    database,
    folder: incoming,
    get current() {
      return current!;
    },
    async refresh() {
      const files = await filesOf(lake);
      if (files === seen) return false;
      const changed = await take();
      seen = files;
      return changed;
    },
    close,
  };
}

/** Opens the tables that were kept. If they cannot be used, creates new ones. */
async function openTables(claim: Claim, folder: string, limits?: Limits): Promise<Locked> {
  const places = { file: claim.file, folder };
  try {
    return await openLocked(places, (connection) => prepare(connection, folder), limits);
  } catch {
    await claim.clear();
    return await openLocked(places, (connection) => prepare(connection, folder), limits);
  }
}

async function prepare(connection: DuckDBConnection, folder: string): Promise<void> {
  const tables = await connection.runAndReadAll("select table_name from duckdb_tables()");
  if (tables.getRows().length === 0) {
    await connection.run(`begin; ${CREATE_TABLES}
      create table made as select ${quote(MAKE)} as make; commit`);
  }
  const made = await connection.runAndReadAll("select make from made");
  if (made.getRows()[0]?.[0] !== MAKE) throw new Error("tables of another make");
  // The words of the last run are removed, because toots that arrived since were not searched for
  // them.
  await connection.run("delete from word");
  await writeState(connection, folder);
}

/** Returns a text that changes whenever the list of the lake's files changes. */
async function filesOf(lake: Lake): Promise<string> {
  const folder = literalGlob(lake.location);
  const [row] = await lake.query<{ files: string }>(
    `select count(*) || ' ' || coalesce(md5(string_agg(file, '|' order by file)), '') as files
    from (
      select file from glob(${quote(`${folder}/topics/**/*.parquet`)})
      union all select file from glob(${quote(`${folder}/compacted/**`)})
    )`,
  );
  return row!.files;
}
