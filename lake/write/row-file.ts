/**
 * Collects rows for a Parquet file. The rows are stored in DuckDB's columns, not as objects.
 * DuckDB's own threads write the file, so collecting the next rows goes on meanwhile.
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

/**
 * A value of a row, with the type of its {@linkcode Column}. Times are in milliseconds since 1970.
 */
export type Field = string | number | bigint | boolean | readonly string[] | null;

/** The rows of a file that is not written yet. */
export interface RowFile {
  /** The number of rows. */
  readonly rows: number;
  /** The approximate size of all values in memory, in bytes. */
  readonly bytes: number;
  /** Adds rows. Missing fields are null. */
  append(rows: readonly object[]): void;
  /**
   * Writes all rows to a file on this machine. It may be called again, for example after an error,
   * but afterwards no rows may be added.
   */
  writeTo(path: string): Promise<void>;
  /** Frees the rows. */
  discard(): Promise<void>;
}

/** Makes {@linkcode RowFile}s. */
export interface RowFiles {
  /** Starts a file with these columns, whose rows are sorted by `sortedBy`. */
  start(columns: readonly Column[], sortedBy: readonly string[]): Promise<RowFile>;
  close(): void;
}

/** The number of rows in a DuckDB vector. */
const VECTOR = 2048;

/**
 * The number of rows in a row group. It is small, so that a query for one day skips most of a file
 * with several days. But it is large enough for the columns to compress well.
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

/** Converts values of these types for a vector. Other types need no conversion. */
const INTO: Partial<Record<ColumnType, (value: never) => DuckDBValue>> = {
  "TIMESTAMPTZ": (ms: number) => new DuckDBTimestampTZValue(BigInt(ms) * 1000n),
  "VARCHAR[]": (texts: readonly string[]) => listValue([...texts]),
  "BIGINT": (value: number | bigint) => BigInt(value),
};

/**
 * Opens the DuckDB that turns rows into Parquet.
 *
 * @param memory the maximum memory of DuckDB, which does not spill to disk
 */
export async function openRowFiles(
  { memory = "512MB", threads = 2 }: { memory?: string; threads?: number } = {},
): Promise<RowFiles> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memory,
    threads: String(threads),
    preserve_insertion_order: "false", // The rows are sorted when they are written.
    // Memory returns to the system as soon as a file is written, not only when 128 MiB are free.
    allocator_flush_threshold: "512KB",
    allocator_bulk_deallocation_flush_threshold: "512KB",
    // DuckDB must not spill. The memory limit is far above what the rows of two files need.
    temp_directory: "",
  });
  let started = 0;
  // All files with the same columns share one chunk. A chunk takes a megabyte outside JavaScript's
  // heap, and only the garbage collector frees it.
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
          // Rows are copied into a vector immediately, even if they do not fill it. If they stayed
          // objects, the garbage collector would copy them to its old generation, which takes more
          // time.
          for (let done = 0; done < more.length; done += VECTOR) {
            appendVector(more.slice(done, done + VECTOR));
          }
        },
        async writeTo(path) {
          appender.flushSync();
          // Spark, Trino and old versions of DuckDB can read Parquet version 1 with plain zstd. The
          // compression level is the fastest one, because compaction compresses the same rows
          // again, and better.
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
