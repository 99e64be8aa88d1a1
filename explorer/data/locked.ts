/**
 * The DuckDB that answers the page. It is locked: it has no access to network, extensions
 * or settings, nor to files but its own and those in the folder through which it is
 * given what is new. Each statement of a page is checked and has a time limit.
 *
 * @module
 */
import { firstLine } from "../../common/failure.ts";
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from "@duckdb/node-api";
import { Failure } from "../../lake/mod.ts";
import { quote } from "../../lake/engine/sql.ts";
import { checkTree, type CubeStatement, cubeStatement } from "./statement.ts";

/** Limits of one database. */
export interface Limits {
  /** Milliseconds that one statement may take. Default: 10,000. */
  readonly time?: number;
  /** DuckDB's memory limit. Default: `4GB`. */
  readonly memory?: string;
  /** Rows of one answer. Default: 100,000. */
  readonly rows?: number;
}

/** A locked database. */
export interface Locked {
  /**
   * Answers a statement that a page sent.
   *
   * @throws {Failure} where it is refused, takes too long or too much memory
   */
  answer(sql: string): Promise<DuckDBResultReader>;
  /**
   * Begins to make a table of counts, as Mosaic asks for it; statements about it wait.
   *
   * @throws {Failure} if it is refused
   */
  cube(sql: string): Promise<void>;
  /** Runs our own statement; none that holds a page's text. */
  own(sql: string, params?: Record<string, string | bigint>): Promise<DuckDBResultReader>;
  /** Changes the tables. Tables of counts are made again when they are asked for. */
  change(work: (connection: DuckDBConnection) => Promise<void>): Promise<void>;
  /** Notes which toots hold a word, in the table `word`. */
  putWord(word: string, ids: readonly bigint[]): Promise<void>;
  /** Closes it when nothing runs in it any more. */
  close(): Promise<void>;
}

/** Statements that run at the same time. */
const CONNECTIONS = 4;

/** Tables of counts that are kept; the oldest goes first. */
const MOST_CUBES = 400;

/** Statements whose check is remembered. */
const MOST_CHECKED = 5_000;

/** Characters of a statement. */
const MOST_CHARACTERS = 100_000;

/** A table of counts that the page has asked for. */
interface Cube {
  readonly sql: string;
  readonly statement: CubeStatement;
  /** Null before it is made, and after a change of what it counts. */
  made: Promise<void> | null;
}

/** Where a locked database lies. */
export interface Places {
  /** Its own file. */
  readonly file: string;
  /** The only folder whose files it may read; nothing but what is new lies there. */
  readonly folder: string;
}

/** Opens a database, lets `prepare` look at it, and locks it. */
export async function openLocked(
  { file, folder }: Places,
  prepare: (connection: DuckDBConnection) => Promise<void>,
  { time = 10_000, memory = "4GB", rows: mostRows = 100_000 }: Limits = {},
): Promise<Locked> {
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
      // Counts by two small columns go into an array instead of a hash table.
      await connection.run("set TimeZone = 'UTC'; set perfect_ht_threshold = 20");
    }
    const first = all[0]!;
    await prepare(first);
    // Tables of counts lie in memory, apart from the file.
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
  /** Tables of counts by name. */
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

  /** Runs a statement and interrupts it when its time is over. */
  async function limited<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      connection.interrupt();
    }, time);
    try {
      return await work();
    } catch (error) {
      if (late) throw new Failure(`the query took longer than ${time / 1000} s and was stopped`);
      throw new Failure(firstLine(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Statements that were checked, without their numbers. */
  const checked = new Set<string>();

  async function check(connection: DuckDBConnection, sql: string): Promise<void> {
    if (sql.length > MOST_CHARACTERS) {
      throw new Failure(`a statement has at most ${MOST_CHARACTERS} characters`, { exitCode: 2 });
    }
    // A brush sends the same statements with other numbers. Whole numbers that stand alone
    // do not change the syntax tree.
    const pattern = sql.replaceAll(/\b\d+\b/g, "0");
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

  /** Knows a table of counts from now on; it is made at once, or again after a change. */
  async function cube(sql: string): Promise<void> {
    const statement = cubeStatement(sql);
    if (!statement) {
      throw new Failure("statement refused: only Mosaic's tables of counts", { exitCode: 2 });
    }
    const { name, select } = statement;
    const known = cubes.get(name);
    if (known && known.sql !== sql) {
      throw new Failure("statement refused: this table of counts is another one", { exitCode: 2 });
    }
    if (!known) await withConnection((connection) => check(connection, select));
    if (!cubes.has(name)) {
      if (cubes.size >= MOST_CUBES) {
        const [oldest] = cubes.keys();
        cubes.delete(oldest!);
        drop(oldest!).catch(() => {});
      }
      cubes.set(name, { sql, statement, made: null });
    }
    made(name).catch(() => {});
  }

  /** Waits until a table of counts is made. */
  function made(name: string): Promise<void> {
    const known = cubes.get(name);
    if (!known) return Promise.resolve();
    return known.made ??= make(known.statement).catch((error) => {
      cubes.delete(name);
      throw error;
    });
  }

  return {
    async answer(sql) {
      for (const [name] of sql.matchAll(/\bpreagg_[0-9a-f]{1,8}\b/g)) await made(name);
      return await withConnection(async (connection) => {
        await check(connection, sql);
        const reader = await limited(
          connection,
          () => connection.streamAndReadUntil(sql, mostRows + 1),
        );
        if (reader.currentRowCount > mostRows) {
          throw new Failure(`an answer has at most ${mostRows} rows; count or limit`);
        }
        return reader;
      });
    },
    cube,
    async change(work) {
      await withConnection(work);
      // Those that count what was there before.
      const old = [...cubes.entries()].filter(([, { made }]) => made !== null);
      for (const [name, known] of old) {
        await known.made!.catch(() => {});
        await drop(name);
        known.made = null;
      }
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
