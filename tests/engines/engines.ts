/**
 * Runs other engines over the compacted lake: finds their installation, and asks each of them the
 * notebook's six questions.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineName } from "../../lake/engine/lake.ts";
import { openLake } from "../../lake/engine/open.ts";
import { createViews } from "../../lake/views/views.ts";
import type { Env } from "../../common/env.ts";

/** The answers of an engine: a list of rows per question. */
export interface Answer {
  readonly version: string;
  readonly answers: Readonly<Record<string, readonly (readonly unknown[])[]>>;
}

/** The engines that `ask.py` knows, and whether they can read s3:// here. */
export const ENGINES: readonly { name: string; s3: boolean }[] = [
  { name: "pyiceberg", s3: true },
  { name: "duckdb", s3: true },
  { name: "clickhouse", s3: true },
  // Reading S3 would need hadoop-aws and the whole AWS SDK, 600 MB.
  { name: "spark", s3: false },
];

/** The words that one of the questions searches for. */
export const WORDS = ["bread", "early"];

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Returns the folder in which `.ci/engines` has installed the engines; null if they are not
 * installed.
 */
export async function findEngines(env: Env): Promise<string | null> {
  const home = join(env("STACK_HOME") || join(HERE, "../../.stack"), "engines-1");
  return await Deno.stat(join(home, "ready")).then(() => home, () => null);
}

/** Asks one of the {@linkcode ENGINES}. `home` is the folder in which they are installed. */
export async function askEngine(
  home: string,
  engine: string,
  table: string,
  env: Record<string, string> = {},
): Promise<Answer> {
  const folder = await Deno.makeTempDir({ prefix: "engine-" });
  // ClickHouse reads only files below the current folder, and Spark leaves files in the current
  // folder.
  const cwd = engine === "clickhouse" ? "/" : folder;
  const { code, stdout, stderr } = await new Deno.Command(join(home, "venv/bin/python"), {
    args: [join(HERE, "ask.py"), engine, table, WORDS.join(",")],
    env: { ENGINE_JARS: join(home, "jars"), SPARK_LOCAL_DIRS: folder, ...env },
    cwd,
  }).output();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const [, json] = /^ANSWER (.*)$/m.exec(new TextDecoder().decode(stdout)) ?? [];
  if (code !== 0 || json === undefined) {
    throw new Error(`${engine}: ${new TextDecoder().decode(stderr).trim().slice(-2_000)}`);
  }
  return sorted(JSON.parse(json) as Answer);
}

const DAY = "strftime(created_tz, '%Y-%m-%d')";

/**
 * The notebook's six questions as SQL for the view `mastodon_toot`. `ask.py` asks the other engines
 * the same questions.
 */
const QUESTIONS: Record<string, string> = {
  days: `select ${DAY}, count(*), count(*) filter (where bot),
    count(distinct coalesce(author, username)), count(distinct from_instance),
    count(distinct date_part('hour', created_tz)) from mastodon_toot group by 1`,
  apps: `select app, count(*) from mastodon_toot
    where app is not null and app <> '' and not bot group by 1`,
  hours: `select ${DAY}, date_part('hour', created_tz), count(*) from mastodon_toot group by 1, 2`,
  languages: `select language, count(*) from mastodon_toot group by 1`,
  density: `select language, count(*), min(characters), quantile_cont(characters, 0.5),
    max(characters) from mastodon_toot where characters < 200 and language <> 'unknown' group by 1`,
  mentions: WORDS.map((word) =>
    `select ${DAY}, '${word}', count(*) from mastodon_toot
    where contains(lower(mastodon_text), '${word}') group by 1, 2`
  ).join(" union all "),
};

/** Asks the view `mastodon_toot` all `QUESTIONS`, with the engine `native` or `wasm`. */
export async function askView(engine: EngineName, location: string, env: Env): Promise<Answer> {
  const lake = await openLake({ location, engine, env });
  try {
    await createViews(lake);
    const answers: Record<string, unknown[][]> = {};
    for (const [name, sql] of Object.entries(QUESTIONS)) {
      answers[name] = (await lake.query(sql)).map((row) =>
        Object.values(row).map((value) => typeof value === "bigint" ? Number(value) : value)
      );
    }
    const [row] = await lake.query<{ version: string }>("select version() as version");
    return sorted({ version: `our view, DuckDB ${row!.version} (${engine})`, answers });
  } finally {
    await lake.close();
  }
}

/** Sorts rows, so that their order does not matter. */
function sorted({ version, answers }: Answer): Answer {
  const order = (rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => JSON.stringify(row)).sort().map((row) => JSON.parse(row) as unknown[]);
  return {
    version,
    answers: Object.fromEntries(
      Object.entries(answers).map(([name, rows]) => [name, order(rows)]),
    ),
  };
}
