/**
 * The DuckDB that answers the page. It is locked: it has no access to the network, extensions or
 * settings. The only files that it can reach are its database file and those in one folder, which
 * contains the changes of the lake. Each statement of a page is checked and has a time limit.
 *
 * @module
 */
import { firstLine } from "../../common/failure.ts";
import { type DuckDBConnection, DuckDBInstance, DuckDBResultReader } from "@duckdb/node-api";
import { Failure } from "../../lake/mod.ts";
import { quote } from "../../lake/engine/sql.ts";
import { withinTime } from "../../lake/engine/time-limit.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { checkText, checkTree, type CubeStatement, cubeStatement, patternOf } from "./statement.ts";

/** A locked database. */
export interface Locked {
  /**
   * Answers a statement that a page sent.
   *
   * @param signal interrupts the statement when nobody waits for the answer any more
   * @throws {Failure} if the statement is refused or interrupted, takes too long or too much
   * memory, or has too large an answer
   */
  answer(sql: string, signal?: AbortSignal): Promise<DuckDBResultReader>;
  /**
   * Starts to create a table of counts for Mosaic. Statements that use it wait.
   *
   * @throws {Failure} if the statement is refused
   */
  cube(sql: string): Promise<void>;
  /** Runs a statement of the explorer itself. It must not contain text from a page. */
  own(sql: string, params?: Record<string, string | bigint>): Promise<DuckDBResultReader>;
  /**
   * Changes the tables with `work`. Afterwards, each table of counts is created again when a
   * statement next uses it.
   */
  change(work: (connection: DuckDBConnection) => Promise<void>): Promise<void>;
  /** Stores in the table `word` which toots contain a word. */
  putWord(word: string, ids: readonly bigint[]): Promise<void>;
  /** Closes the database when its last statement has ended. */
  close(): Promise<void>;
}

/** The maximum number of statements that run at the same time. */
const CONNECTIONS = 4;

/** The maximum number of tables of counts. If there are more, the oldest is dropped. */
const MOST_CUBES = 400;

/** The maximum number of patterns that are remembered because their statements are allowed. */
const MOST_CHECKED = 5_000;

/** A table of counts that the page has requested. */
interface Cube {
  readonly sql: string;
  readonly statement: CubeStatement;
  /**
   * Resolves when the table of counts exists. It is null until the creation of the table starts, and
   * again after a change of the explorer's tables.
   */
  made: Promise<void> | null;
  /** Resolves when the outdated version of the table of counts is dropped. */
  dropped: Promise<void>;
}

/** The paths of a locked database. */
export interface Places {
  /** The file of the database. */
  readonly file: string;
  /** The only folder whose files the database may read and write. */
  readonly folder: string;
}

/** Opens a database, calls `prepare` with it, and locks it. */
export async function openLocked(
  { file, folder }: Places,
  prepare: (connection: DuckDBConnection) => Promise<void>,
  limits: Limits = {},
): Promise<Locked> {
  const { time, memory, values } = { ...LIMITS, ...limits };
  const instance = await DuckDBInstance.create(file, {
    memory_limit: memory,
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
  const all: DuckDBConnection[] = [];
  try {
    while (all.length < CONNECTIONS) {
      const connection = await instance.connect();
      all.push(connection);
      // With this threshold, DuckDB counts by two small columns in an array instead of a hash
      // table.
      await connection.run("set TimeZone = 'UTC'; set perfect_ht_threshold = 20");
    }
    const first = all[0]!;
    await prepare(first);
    // Tables of counts are in memory, separate from the file.
    await first.run("attach ':memory:' as mosaic");
    await first.run(
      `set allowed_directories = [${quote(`${folder}/`)}];
      set enable_external_access = false;
      set lock_configuration = true`,
    );
  } catch (error) {
    for (const connection of all) connection.closeSync();
    instance.closeSync();
    throw error;
  }
  const idle = [...all];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  /** The tables of counts by name. */
  const cubes = new Map<string, Cube>();

  /** Lends a connection to `work`. */
  async function withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = idle.pop() ??
      await new Promise<DuckDBConnection>((resolve) => waiting.push(resolve));
    try {
      return await work(connection);
    } finally {
      const next = waiting.shift();
      if (next) next(connection);
      else idle.push(connection);
    }
  }

  /** Runs a statement, and interrupts it when it exceeds the time limit or is aborted. */
  async function limited<T>(
    connection: DuckDBConnection,
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const interrupt = () => connection.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      signal?.throwIfAborted();
      return await withinTime(time, interrupt, work);
    } catch (error) {
      throw new Failure(firstLine(error), { cause: error });
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
  }

  /** The patterns of the statements that passed the check; see {@linkcode patternOf}. */
  const checked = new Set<string>();

  async function check(connection: DuckDBConnection, sql: string): Promise<void> {
    checkText(sql);
    const pattern = patternOf(sql);
    if (checked.has(pattern)) return;
    const reader = await connection.runAndReadAll("select json_serialize_sql($sql::VARCHAR)", {
      sql,
    });
    checkTree(String(reader.getRows()[0]![0]));
    if (checked.size < MOST_CHECKED) checked.add(pattern);
  }

  async function make({ name, select }: CubeStatement): Promise<void> {
    await withConnection((connection) =>
      limited(
        connection,
        () => connection.run(`create table if not exists mosaic.${name} as ${select}`),
      )
    );
  }

  async function drop(name: string): Promise<void> {
    await withConnection((connection) => connection.run(`drop table if exists mosaic.${name}`));
  }

  /** Registers a table of counts, and starts to create it. */
  async function cube(sql: string): Promise<void> {
    const statement = cubeStatement(sql);
    if (!statement) {
      throw new Failure("statement refused: only Mosaic's tables of counts", { exitCode: 2 });
    }
    const { name, select } = statement;
    const known = cubes.get(name);
    if (known && known.sql !== sql) {
      throw new Failure(
        "statement refused: a table of counts with this name counts something else",
        { exitCode: 2 },
      );
    }
    if (!known) await withConnection((connection) => check(connection, select));
    if (!cubes.has(name)) {
      if (cubes.size >= MOST_CUBES) {
        const [oldest] = cubes.keys();
        cubes.delete(oldest!);
        drop(oldest!).catch(() => {});
      }
      cubes.set(name, { sql, statement, made: null, dropped: Promise.resolve() });
    }
    made(name).catch(() => {});
  }

  /** Creates a table of counts if it is registered but does not exist, and waits for it. */
  function made(name: string): Promise<void> {
    const known = cubes.get(name);
    if (!known) return Promise.resolve();
    return known.made ??= known.dropped.then(() => make(known.statement)).catch((error) => {
      cubes.delete(name);
      throw error;
    });
  }

  function run(sql: string, signal?: AbortSignal): Promise<DuckDBResultReader> {
    return withConnection(async (connection) => {
      await check(connection, sql);
      return await limited(connection, async () => {
        const result = await connection.stream(sql);
        const most = Math.floor(values / result.columnCount);
        const reader = new DuckDBResultReader(result);
        await reader.readUntil(most + 1);
        if (reader.currentRowCount > most) {
          throw new Failure(`an answer has at most ${values} values; count or limit`);
        }
        return reader;
      }, signal);
    });
  }

  return {
    async answer(sql, signal) {
      const used = [...sql.matchAll(/\bpreagg_[0-9a-f]{1,8}\b/g)]
        .flatMap(([name]) => cubes.get(name) ?? []);
      for (;;) {
        const all = used.map(({ statement }) => made(statement.name));
        await Promise.all(all);
        try {
          return await run(sql, signal);
        } catch (error) {
          // A change may have dropped a table before the statement could begin. If so, the
          // statement runs again.
          if (used.every(({ made }, n) => made === all[n])) throw error;
        }
      }
    },
    cube,
    async change(work) {
      await withConnection(work);
      for (const [name, known] of cubes) {
        // If the table of counts exists, it counts the toots from before the change, so it is
        // dropped.
        if (known.made === null) continue;
        known.dropped = known.made.catch(() => {}).then(() => drop(name));
        known.made = null;
      }
      for (const { dropped } of [...cubes.values()]) await dropped;
    },
    own: (sql, params) => withConnection((connection) => connection.runAndReadAll(sql, params)),
    putWord: (word, ids) =>
      withConnection(async (connection) => {
        const appender = await connection.createAppender("word");
        for (const id of ids) {
          appender.appendVarchar(word);
          appender.appendUBigInt(id);
          appender.endRow();
        }
        appender.closeSync();
      }),
    async close() {
      for (let n = 0; n < CONNECTIONS; n++) {
        const connection = idle.pop() ??
          await new Promise<DuckDBConnection>((resolve) => waiting.push(resolve));
        connection.closeSync();
      }
      instance.closeSync();
    },
  };
}
