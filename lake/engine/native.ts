/**
 * The native engine: DuckDB through its Node-API binding.
 *
 * @module
 */
import { join } from "node:path";
import {
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
  listValue,
  structValue,
} from "@duckdb/node-api";
import { Failure } from "../../common/failure.ts";
import type { Lake, Value } from "./lake.ts";
import type { EngineOptions } from "./engine-options.ts";
import { httpfsSettings, loadHttpfs } from "./httpfs.ts";
import { isS3 } from "../store/location.ts";
import { openStore } from "../store/open-store.ts";
import { s3Settings, withoutSecrets } from "../store/s3-settings.ts";
import { duckdbFailure } from "./duckdb-failure.ts";
import { sharedLake } from "./shared-lake.ts";
import { withinTime } from "./time-limit.ts";

/**
 * Opens a lake with the native engine.
 *
 * @throws {Failure} if DuckDB or its httpfs extension cannot be loaded
 */
export async function openNative(
  { location, memory, env, database = ":memory:", spill, signal }: EngineOptions,
): Promise<Lake> {
  const httpfs = env("DUCKDB_HTTPFS") || undefined;
  const s3 = isS3(location) ? s3Settings(env) : null;
  // DuckDB takes a question mark in a database's path for the start of parameters. Such a database
  // is created in a temporary folder instead.
  const elsewhere = database.includes("?");
  // Without `temp_directory`, a database in memory would spill into the current folder.
  const temp = spill === undefined || elsewhere
    ? await Deno.makeTempDir({ prefix: "lake-" })
    : spill;
  const file = elsewhere ? join(temp, "database") : database;
  const instance = await DuckDBInstance.create(file, {
    // Without this setting, DuckDB refuses the file that DUCKDB_HTTPFS names, because it is
    // unsigned.
    ...(s3 && httpfs ? { allow_unsigned_extensions: "true" } : {}),
    ...(memory ? { memory_limit: memory } : {}),
    temp_directory: temp,
  });
  const connection = await instance.connect();
  const clean = (error: unknown) =>
    duckdbFailure(error, (text) => s3 ? withoutSecrets(text, s3) : text);

  const interrupt = () => connection.interrupt();
  signal?.addEventListener("abort", interrupt);

  async function close() {
    signal?.removeEventListener("abort", interrupt);
    connection.closeSync();
    instance.closeSync();
    await Deno.remove(temp, { recursive: true }).catch(() => {});
  }
  async function rows<R>(
    sql: string,
    params?: Record<string, Value>,
    limit?: number,
  ): Promise<R[]> {
    if (signal?.aborted) throw new Failure(`interrupted by ${signal.reason}`);
    try {
      const reader = await withinTime(
        limit,
        interrupt,
        () => connection.runAndReadAll(sql, params && bound(params)),
      );
      return reader.getRowObjectsJS() as R[];
    } catch (error) {
      throw clean(error);
    }
  }

  try {
    // Times are UTC on every machine, so that a day begins at the same time everywhere.
    await rows("SET TimeZone='UTC'");
    if (s3) {
      await loadHttpfs(connection, httpfs);
      await rows(httpfsSettings(s3));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return sharedLake({
    query: rows,
    exec: async (sql) => void await rows(sql),
    close,
  }, { location, engine: "native", store: openStore(location, env) });
}

function bound(params: Record<string, Value>): Record<string, DuckDBValue> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, duck(value)]));
}

/** Converts a value for DuckDB. A Date becomes a TIMESTAMP in UTC. */
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
