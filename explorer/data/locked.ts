/**
 * The DuckDB that answers the page: filled once, then locked. It has no access to
 * files, network, extensions or settings, and each statement has a time limit.
 *
 * @module
 */
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from "@duckdb/node-api";
import { Failure } from "../../lake/mod.ts";
import { checkTree, cubeStatement } from "./statement.ts";

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
  /** Makes a table of counts, as Mosaic asks for it. */
  cube(sql: string): Promise<void>;
  /** Runs our own statement; none that holds a page's text. */
  own(sql: string, params?: Record<string, string | bigint>): Promise<DuckDBResultReader>;
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

/** Opens a database, lets `fill` put tables into it, and locks it. */
export async function openLocked(
  fill: (connection: DuckDBConnection) => Promise<void>,
  { time = 10_000, memory = "4GB", rows: mostRows = 100_000 }: Limits = {},
): Promise<Locked> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memory,
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
  const first = await instance.connect();
  try {
    // Counts by two small columns go into an array instead of a hash table.
    await first.run("set TimeZone = 'UTC'; set perfect_ht_threshold = 20");
    await fill(first);
    await first.run("create schema mosaic");
    await first.run("set enable_external_access = false; set lock_configuration = true");
  } catch (error) {
    first.closeSync();
    instance.closeSync();
    throw error;
  }
  const idle = [first];
  while (idle.length < CONNECTIONS) idle.push(await instance.connect());
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  const cubes = new Map<string, Promise<void>>();

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
      throw new Failure(String((error as Error).message).split("\n", 1)[0]!, { cause: error });
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

  async function make(sql: string): Promise<void> {
    const statement = cubeStatement(sql);
    if (!statement) {
      throw new Failure("statement refused: only Mosaic's tables of counts", { exitCode: 2 });
    }
    const { name, select } = statement;
    await withConnection(async (connection) => {
      await check(connection, select);
      await limited(
        connection,
        () => connection.run(`create table if not exists mosaic.${name} as ${select}`),
      );
    });
  }

  return {
    answer: (sql) =>
      withConnection(async (connection) => {
        await check(connection, sql);
        const reader = await limited(
          connection,
          () => connection.streamAndReadUntil(sql, mostRows + 1),
        );
        if (reader.currentRowCount > mostRows) {
          throw new Failure(`an answer has at most ${mostRows} rows; count or limit`);
        }
        return reader;
      }),
    cube(sql) {
      const made = cubes.get(sql);
      if (made) return made;
      if (cubes.size >= MOST_CUBES) {
        const [oldest] = cubes.keys();
        cubes.delete(oldest!);
        const name = cubeStatement(oldest!)!.name;
        withConnection((connection) => connection.run(`drop table if exists mosaic.${name}`))
          .catch(() => {});
      }
      const making = make(sql);
      cubes.set(sql, making);
      making.catch(() => cubes.delete(sql));
      return making;
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
