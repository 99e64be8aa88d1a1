/**
 * Rows on their way into a Parquet file. They are kept in DuckDB's columns, not
 * as objects, and written by DuckDB's own threads, so that collecting goes on
 * meanwhile.
 *
 * @module
 */
import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api";
import { duckdbFailure } from "../engine/duckdb-failure.ts";
import type { Column, ColumnType } from "../../record/record.ts";
import { quote } from "../engine/sql.ts";

/** A value of a row, as {@linkcode Column} types it; times are milliseconds. */
export type Field = string | number | bigint | boolean | readonly string[] | null;

/** Rows of one file to be. */
export interface RowFile {
  /** Rows that it holds. */
  readonly rows: number;
  /** Roughly the bytes of their values in memory. */
  readonly bytes: number;
  /** Adds rows; a field that an object has not is null. */
  append(rows: readonly object[]): void;
  /** Writes them all to a file of this machine; then only {@linkcode discard} is left. */
  writeTo(path: string): Promise<void>;
  /** Lets go of the rows. */
  discard(): Promise<void>;
}

/** Makes {@linkcode RowFile}s. */
export interface RowFiles {
  /** Starts a file with these columns, its rows to be sorted by `sortedBy`. */
  start(columns: readonly Column[], sortedBy: readonly string[]): Promise<RowFile>;
  close(): void;
}

/** DuckDB takes rows in vectors of this many. */
const VECTOR = 2048;

/**
 * Rows of a row group: few enough that a day's query skips most of a file that
 * spans several days, many enough that the columns still compress.
 */
const ROW_GROUP = 10 * VECTOR;

const TYPES: Readonly<Record<ColumnType, DuckDBType>> = {
  "VARCHAR": VARCHAR,
  "BIGINT": BIGINT,
  "INTEGER": INTEGER,
  "BOOLEAN": BOOLEAN,
  "TIMESTAMP": TIMESTAMP,
  "TIMESTAMPTZ": TIMESTAMPTZ,
  "VARCHAR[]": LIST(VARCHAR),
};

/** How the values of a column go into a vector, where they do not as they are. */
const INTO: Partial<Record<ColumnType, (value: never) => DuckDBValue>> = {
  "TIMESTAMPTZ": (ms: number) => new DuckDBTimestampTZValue(BigInt(ms) * 1000n),
  "VARCHAR[]": (texts: readonly string[]) => listValue([...texts]),
  "BIGINT": (value: number | bigint) => BigInt(value),
};

/**
 * Opens the DuckDB that turns rows into Parquet.
 *
 * @param memory what it may use before it spills into `temp`
 */
export async function openRowFiles(
  { memory = "512MB", threads = 2 }: { memory?: string; threads?: number } = {},
): Promise<RowFiles> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memory,
    threads: String(threads),
    preserve_insertion_order: "false", // every file is sorted by its own order
    // A file's memory goes back to the system when the file is written, not at 128 MiB.
    allocator_flush_threshold: "512KB",
    allocator_bulk_deallocation_flush_threshold: "512KB",
    temp_directory: "", // the limit is far above what two batches need
  });
  let started = 0;
  // One chunk for all files of the same columns: it takes a megabyte outside JavaScript's heap, and
  // who makes many waits for the garbage collector to give them back.
  const chunks = new Map<readonly Column[], DuckDBDataChunk>();
  function chunkOf(columns: readonly Column[]): DuckDBDataChunk {
    let chunk = chunks.get(columns);
    if (chunk === undefined) {
      chunk = DuckDBDataChunk.create(columns.map(({ type }) => TYPES[type]));
      chunks.set(columns, chunk);
    }
    return chunk;
  }
  return {
    async start(columns, sortedBy) {
      const connection = await instance.connect();
      const table = `rows_${++started}`;
      await connection.run(
        `create table ${table} (${
          columns.map(({ name, type }) => `"${name}" ${type}`).join(", ")
        })`,
      );
      const appender = await connection.createAppender(table);
      const chunk = chunkOf(columns);
      let rows = 0;
      let bytes = 0;

      function appendVector(vector: readonly object[]) {
        chunk.reset();
        chunk.rowCount = vector.length;
        for (const [index, { name, type }] of columns.entries()) {
          const into = INTO[type] as ((value: unknown) => DuckDBValue) | undefined;
          const values: DuckDBValue[] = new Array(vector.length);
          for (let row = 0; row < vector.length; row++) {
            const value = (vector[row] as Record<string, Field>)[name] ?? null;
            bytes += typeof value === "string" ? value.length + 16 : 8;
            values[row] = value === null || into === undefined ? value as DuckDBValue : into(value);
          }
          chunk.setColumnValues(index, values);
        }
        appender.appendDataChunk(chunk);
      }

      async function discard() {
        appender.closeSync();
        await connection.run(`drop table ${table}`);
        connection.closeSync();
      }

      return {
        get rows() {
          return rows;
        },
        get bytes() {
          return bytes;
        },
        append(more) {
          rows += more.length;
          // At once, however few: rows that wait as objects outlive the young generation of the
          // heap, and cost more there than a vector that is not full.
          for (let done = 0; done < more.length; done += VECTOR) {
            appendVector(more.slice(done, done + VECTOR));
          }
        },
        async writeTo(path) {
          appender.flushSync();
          // Parquet's first version and plain zstd: Spark, Trino and old DuckDBs read it. Its lightest
          // level, because compaction packs the same rows again, and better.
          await connection.run(
            `copy (select * from ${table} order by ${
              sortedBy.map((name) => `"${name}"`).join(", ")
            }) to ${quote(path)}
             (format parquet, compression zstd, compression_level 1, row_group_size ${ROW_GROUP},
              use_tmp_file false)`,
          ).catch((error) => {
            throw duckdbFailure(error, (text) => text);
          });
        },
        discard,
      };
    },
    close: () => instance.closeSync(),
  };
}
