/**
 * The lake as the page sees it at one time, and what has come since.
 *
 * Two DuckDBs share the work. One reads the lake and is asked only what this file
 * says. The other answers the page: it is filled from a Parquet file without names
 * and texts, and locked (`locked.ts`). A new one takes the place of the old one
 * when the lake has changed.
 *
 * @module
 */
import { join } from "node:path";
import { createViews, type Lake, openLake } from "../../lake/mod.ts";
import { literalGlob, quote } from "../../lake/engine/sql.ts";
import { tootColumnsSql } from "./columns.ts";
import type { Contents } from "./about.ts";
import { fill } from "./fill.ts";
import { type Limits, type Locked, openLocked } from "./locked.ts";

/** What {@linkcode openSnapshots} is told. */
export interface SnapshotOptions {
  /** The lake: a folder, or `s3://bucket`. */
  readonly location: string;
  readonly topic?: string | undefined;
  readonly limits?: Limits;
}

/** A lake as it was at one time. */
export interface Snapshot {
  /** Grows with each snapshot. */
  readonly version: number;
  readonly contents: Contents;
  readonly database: Locked;
  /** Columns of the lake's view. */
  readonly columns: ReadonlySet<string>;
}

/** The latest snapshot of a lake, and how to get a newer one. */
export interface Snapshots {
  /** The latest snapshot. */
  readonly current: Snapshot;
  /** The lake itself, for statements of ours. */
  readonly lake: Lake;
  /** Reads the lake again where it has changed. True where it has. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a lake and takes the first snapshot.
 *
 * @throws {Failure} where the lake cannot be read
 */
export async function openSnapshots(options: SnapshotOptions): Promise<Snapshots> {
  const { location, topic, limits } = options;
  const lake = await openLake({ location, engine: "native" });
  const folder = await Deno.makeTempDir({ prefix: "explorer-" });
  const views = () => createViews(lake, topic === undefined ? {} : { topic });
  let version = 0;
  let seen = "";

  async function take(): Promise<Snapshot> {
    await views();
    const described = await lake.query<{ column_name: string }>("describe mastodon_toot");
    const columns = new Set(described.map(({ column_name }) => column_name));
    const file = join(folder, `${++version}.parquet`);
    try {
      await lake.exec(
        `copy (${tootColumnsSql(columns)}) to ${quote(file)} (format parquet)`,
      );
      let contents: Contents;
      const database = await openLocked(async (connection) => {
        contents = await fill(connection, file);
      }, limits);
      return { version, contents: contents!, database, columns };
    } finally {
      await Deno.remove(file).catch(() => {});
    }
  }

  async function close(): Promise<void> {
    await current?.database.close();
    await lake.close();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }

  let current: Snapshot | null = null;
  try {
    seen = await filesOf(lake);
    current = await take();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    lake,
    get current() {
      return current!;
    },
    async refresh() {
      const files = await filesOf(lake);
      if (files === seen) return false;
      const old = current!;
      current = await take();
      seen = files;
      old.database.close().catch(() => {});
      return true;
    },
    close,
  };
}

/** A text that changes when the lake has other files than before. */
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
