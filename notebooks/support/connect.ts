/**
 * Opens the lake for a notebook. If that fails, one line says what to do.
 *
 * @module
 */
import { isAbsolute, relative } from "node:path";
import { Failure } from "../../common/failure.ts";
import type { Lake } from "../../lake/engine/lake.ts";
import { compactedFolder, isVisible, topicFolder } from "../../lake/store/layout.ts";
import { literalGlob } from "../../lake/engine/sql.ts";
import { openLake } from "../../lake/engine/open.ts";
import { isS3, whyEmpty } from "../../lake/store/location.ts";
import { TOOT_TOPIC } from "../../lake/mod.ts";
import { httpfsSettings } from "../../lake/engine/httpfs.ts";
import { s3Settings, withoutSecrets } from "../../lake/store/s3-settings.ts";
import { openStore } from "../../lake/store/open-store.ts";
import type { StoredFile } from "../../lake/store/store.ts";
import { createViews } from "../../lake/views/views.ts";
import { average, count } from "./charts/label.ts";
import { readSettings, ROOT, type Settings } from "./settings.ts";
import { type Show, showing } from "./show.ts";
import { type Sql, sqlOf } from "./sql.ts";

/** The lake and the functions that the cells of a notebook use. */
export interface Connection {
  readonly lake: Lake;
  /** Queries the lake: ``await sql`select …` ``. */
  readonly sql: Sql;
  readonly show: Show;
  readonly settings: Settings;
  /** The path of the newest Parquet file of toots, for `read_parquet`. */
  readonly newestFile: string;
  /** Creates the views of the lake, such as `mastodon_toot`, and returns their SQL. */
  createViews(): Promise<string>;
}

/**
 * Returns a path as messages show it: relative to the project's folder if it is inside that folder.
 */
function named(path: string): string {
  const inside = relative(ROOT, path);
  return path.includes("://") || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/**
 * Opens the lake that the settings name.
 *
 * @throws {Failure} if the lake does not exist, or contains no toots yet
 */
export async function connect(settings: Settings = readSettings()): Promise<Connection> {
  const location = settings.lake;
  const help = `run "deno task demo" and set LAKE=data/demo/lake, or set LAKE to another lake`;
  if (!isS3(location) && !(await isFolder(location))) {
    throw new Failure(`No lake at ${named(location)}: ${help}`, { exitCode: 2 });
  }
  const store = openStore(location);
  const files = (await Promise.all(
    // The metadata files of the compacted lake are left out, because they contain no toots.
    [topicFolder(TOOT_TOPIC), compactedFolder(TOOT_TOPIC)].map((start) => store.list(start)),
  )).flat().filter(({ path }) => isVisible(path) && !path.includes("/metadata/"));
  if (files.length === 0) {
    const what = isS3(location) ? whyEmpty(location) : help;
    throw new Failure(`The lake at ${named(location)} contains no toots yet: ${what}`, {
      exitCode: 2,
    });
  }
  const newest = files.reduce((a, b) => b.modified > a.modified ? b : a);
  const lake = await openLake({ location, engine: settings.engine });
  const show = showing(settings.charts);
  await show.say(
    `The lake ${named(location)} contains ${describe(files)}; ` +
      `DuckDB reads it with the ${lake.engine} engine.`,
  );
  return {
    lake,
    sql: sqlOf(lake),
    show,
    settings,
    newestFile: literalGlob(store.url(newest.path)),
    createViews: async () => (await createViews(lake)).sql.replaceAll(`${ROOT}/`, ""),
  };
}

function describe(files: readonly StoredFile[]): string {
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${average(bytes / 1e6)} MB`;
  return `${count(files.length)} Parquet ${files.length === 1 ? "file" : "files"} of toots ` +
    `(${size})`;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Returns the statements that connect DuckDB to an object store, without the secret. If the lake is
 * on `s3://`, {@linkcode connect} has already run them.
 */
export function s3Setup(): string {
  const settings = s3Settings();
  const load = "INSTALL httpfs;\nLOAD httpfs;";
  return `${load}\n${withoutSecrets(httpfsSettings(settings), settings)}`;
}
