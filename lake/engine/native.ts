/**
 * The native engine: DuckDB through its Node-API binding.
 *
 * @module
 */
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
  listValue,
  structValue,
} from "@duckdb/node-api";
import { Failure } from "../../common/failure.ts";
import type { Lake, Row, Value } from "./lake.ts";
import type { EngineOptions } from "./engine-options.ts";
import { isS3 } from "../store/location.ts";
import { duckdbS3, s3Settings, withoutSecrets } from "../store/s3-settings.ts";
import { duckdbFailure } from "./duckdb-failure.ts";

/**
 * Opens a lake with the native engine.
 *
 * @throws {Failure} where DuckDB or its httpfs extension cannot be had
 */
export async function openNative(
  { location, memory, env, database = ":memory:", spill }: EngineOptions,
): Promise<Lake> {
  const httpfs = env("DUCKDB_HTTPFS") || undefined;
  const s3 = isS3(location) ? s3Settings(env) : null;
  // In memory DuckDB would spill into the current folder.
  const temp = spill ?? await Deno.makeTempDir({ prefix: "lake-" });
  const instance = await DuckDBInstance.create(database, {
    // A file that DUCKDB_HTTPFS names comes without DuckDB's signature.
    ...(s3 && httpfs ? { allow_unsigned_extensions: "true" } : {}),
    ...(memory ? { memory_limit: memory } : {}),
    temp_directory: temp,
  });
  const connection = await instance.connect();
  const clean = (error: unknown) =>
    duckdbFailure(error, (text) => s3 ? withoutSecrets(text, s3) : text);

  async function close() {
    connection.closeSync();
    instance.closeSync();
    await Deno.remove(temp, { recursive: true }).catch(() => {});
  }
  async function rows<R>(sql: string, params?: Record<string, Value>): Promise<R[]> {
    try {
      const reader = await connection.runAndReadAll(sql, params && bound(params));
      return reader.getRowObjectsJS() as R[];
    } catch (error) {
      throw clean(error);
    }
  }

  // A connection does one thing at a time; who comes meanwhile waits.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  }

  try {
    // Times are UTC on every machine, so that a day is the same day everywhere.
    await rows("SET TimeZone='UTC'");
    if (s3) {
      await loadHttpfs(connection, httpfs);
      await rows(duckdbS3(s3));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    location,
    engine: "native",
    query: <R = Row>(sql: string, params?: Record<string, Value>) =>
      inTurn(() => rows<R>(sql, params)),
    exec: (sql) => inTurn(async () => void await rows(sql)),
    close: () => inTurn(close),
  };
}

async function loadHttpfs(connection: DuckDBConnection, file: string | undefined): Promise<void> {
  if (file) {
    try {
      await connection.run(`LOAD '${file.replaceAll("'", "''")}'`);
      return;
    } catch (cause) {
      throw new Failure(`DUCKDB_HTTPFS: '${file}' cannot be loaded: ${firstLine(cause)}`, {
        exitCode: 2,
        cause,
      });
    }
  }
  try {
    await connection.run("LOAD httpfs");
  } catch {
    try {
      await connection.run("INSTALL httpfs; LOAD httpfs");
    } catch (cause) {
      const [row] = (await connection.runAndReadAll("select version() as v")).getRowObjectsJS();
      const version = String(row?.["v"]).replace(/^v/, "");
      throw new Failure(
        `DuckDB cannot fetch its httpfs extension, which s3:// needs; get the file another way ` +
          `(pip download duckdb-extension-httpfs==${version} and unzip it) and name it in ` +
          `DUCKDB_HTTPFS`,
        { cause },
      );
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}

function bound(params: Record<string, Value>): Record<string, DuckDBValue> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, duck(value)]));
}

/** A value as DuckDB takes it; a Date becomes a TIMESTAMP in UTC. */
function duck(value: Value): DuckDBValue {
  if (value instanceof Date) return new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n);
  if (Array.isArray(value)) return listValue(value.map(duck));
  if (value !== null && typeof value === "object") {
    return structValue(
      Object.fromEntries(Object.entries(value).map(([name, field]) => [name, duck(field)])),
    );
  }
  return value;
}
