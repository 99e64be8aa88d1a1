/**
 * The views that people query: `language`, `mastodon_toot_raw`, `mastodon_toot`.
 *
 * @module
 */
import languagesCsv from "../config/languages.csv" with { type: "text" };
import { isVisible, topicFolder } from "./layout.ts";
import type { Lake } from "./lake.ts";
import { deleteTopic, TOOT_TOPIC } from "./record.ts";
import { openStore, type Store, type StoredFile } from "./store.ts";
import * as sql from "./views-sql.ts";

/** What {@linkcode createViews} can be told. */
export interface ViewOptions {
  /** The topic of toots; that of the deletes goes with it. Default: `mastodon-topic`. */
  topic?: string;
  /** The lake's files. Default: opened by the lake's location and the environment. */
  store?: Store;
}

/** What {@linkcode createViews} made. */
export interface Views {
  /** The SQL that made them, long lists shortened for people to read. */
  readonly sql: string;
  /** Raw files that they read. */
  readonly rawFiles: number;
}

/** Above this many raw files, reading them once and keeping the rows is what is quick… */
const MANY_FILES = 16;
/** …up to this many bytes of Parquet, which grow about fivefold in memory. */
const LOADED_BYTES = 256 * 2 ** 20;

/**
 * Makes the tables and views `language`, `mastodon_toot_raw` (every record) and
 * `mastodon_toot` (one row a toot: the latest edit, deletes left out). They show
 * the lake as it is now; make them again to see what has come since.
 *
 * @throws {Failure} where a file of the lake cannot be read
 *
 * @example
 * ```ts
 * import { openLake } from "./open.ts";
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
  const { topic = TOOT_TOPIC, store = openStore(lake.location) } = options;
  const files = async (of: string) =>
    (await store.list(topicFolder(of))).filter(({ path }) => isVisible(path));
  const [raw, deletes] = await Promise.all([files(topic), files(deleteTopic(topic))]);

  const kind = raw.length > MANY_FILES && bytesOf(raw) <= LOADED_BYTES ? "table" : "view";
  const rawUrls = raw.map(({ path }) => store.url(path));
  const deleteUrls = deletes.map(({ path }) => store.url(path));
  const languages = parseLanguages(languagesCsv);

  await lake.exec("begin");
  try {
    await lake.exec("drop schema if exists lake cascade; create schema lake;");
    await lake.exec(sql.languageTable(languages));
    await lake.exec(sql.recordsSql(kind, rawUrls));
    await lake.exec(sql.deletionsSql(deleteUrls));
    await lake.exec(sql.DROPPED_SQL);
    const [row] = await lake.query<{ n: bigint }>("select count(*) as n from lake.dropped");
    const dropped = row!.n > 0n;
    await lake.exec(sql.TOOT_RAW_SQL);
    await lake.exec(sql.tootSql(dropped));
    await lake.exec("commit");
    const most = 3;
    return {
      sql: [
        sql.languageTable(languages, most),
        sql.recordsSql(kind, rawUrls, most),
        sql.deletionsSql(deleteUrls, most),
        sql.DROPPED_SQL,
        sql.TOOT_RAW_SQL,
        sql.tootSql(dropped),
      ].join("\n\n"),
      rawFiles: raw.length,
    };
  } catch (error) {
    await lake.exec("rollback").catch(() => {});
    throw error;
  }
}

function bytesOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Reads `config/languages.csv`: two columns, names in quotes where they hold a comma. */
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
