/**
 * The second engine: DuckDB as WebAssembly. It is slower than the native engine, and its version is
 * older (0.9.1), but it has no native code, so it needs no `--allow-ffi`.
 *
 * It lacks ICU, so it cannot use TIMESTAMP WITH TIME ZONE properly: `strftime` and
 * `date_trunc` fail, and a cast to DATE is silently wrong. The views therefore show TIMESTAMP.
 * The engine blocks the thread while a statement runs, and it cannot write.
 *
 * @module
 */
import type { RecordBatch } from "apache-arrow";
import { Failure } from "../../common/failure.ts";
import type { Lake, Row, Value } from "./lake.ts";
import { duckdbFailure } from "./duckdb-failure.ts";
import type { EngineOptions } from "./engine-options.ts";
import { isS3 } from "../store/location.ts";
import { openStore } from "../store/open-store.ts";
import { s3Settings, withoutSecrets } from "../store/s3-settings.ts";
import { sharedLake } from "./shared-lake.ts";
import { quote } from "./sql.ts";
import { bucketFiles } from "./wasm/bucket.ts";
import { openDatabase } from "./wasm/duckdb.ts";
import type { Files } from "./wasm/files.ts";
import { localFiles } from "./wasm/folder.ts";
import { rowsOf } from "./wasm/rows.ts";
import { fileRuntime } from "./wasm/runtime.ts";
import { bind, statementsOf } from "./wasm/statements.ts";

/**
 * Opens a lake with the wasm engine. The object store is first contacted by a query.
 *
 * @throws {Failure} if a setting of the object store is invalid, or DuckDB refuses `memory`
 */
export async function openWasm({ location, memory, env }: EngineOptions): Promise<Lake> {
  const s3 = isS3(location) ? s3Settings(env) : null;
  const files = either(localFiles(), s3 ? await bucketFiles(s3) : null);
  const { runtime, takeError } = fileRuntime(files);
  try {
    const database = await openDatabase(runtime);
    let broken = false;
    const run = (sql: string, texts?: readonly string[]): RecordBatch[] => {
      if (broken) throw new Failure("the wasm engine has broken down; open the lake again");
      files.refresh();
      takeError();
      const clean = (text: string) => s3 ? withoutSecrets(text, s3) : text;
      let batches: RecordBatch[];
      try {
        batches = database.run(sql, texts);
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
          broken = true; // The engine's memory may be in any state now.
          throw new Failure(
            `the wasm engine has broken down (${error.message}); try DUCKDB_ENGINE=native`,
            { cause: error },
          );
        }
        // If reading a file failed, the error of the read says more than DuckDB's error.
        throw duckdbFailure(takeError() ?? error, clean);
      }
      const reason = takeError();
      if (reason !== undefined) throw duckdbFailure(reason, clean);
      return batches;
    };
    if (memory) run(`SET memory_limit=${quote(memory)}`);
    return sharedLake({
      // deno-lint-ignore require-await -- a thrown error must become a rejected promise
      async query<R = Row>(sql: string, params: Record<string, Value> = {}) {
        const statements = statementsOf(sql);
        const last = bind(statements.pop() ?? "", params);
        for (const statement of statements) run(statement);
        return rowsOf(run(last.sql, last.texts)) as R[];
      },
      // deno-lint-ignore require-await -- as above
      async exec(sql) {
        for (const statement of statementsOf(sql)) run(statement);
      },
      // deno-lint-ignore require-await -- as above
      async close() {
        if (!broken) database.close();
        files.close();
      },
    }, { location, engine: "wasm", store: openStore(location, env) });
  } catch (error) {
    files.close();
    throw error;
  }
}

/**
 * Combines the files of this machine with the files of the object store. `bucket` is null if the
 * lake is a folder.
 */
function either(local: Files, bucket: Files | null): Files {
  const of = (path: string) => {
    if (!isS3(path)) return local;
    if (bucket) return bucket;
    throw new Failure(
      `${path}: this lake is a folder; to read the object store, open a lake at s3://`,
    );
  };
  const both = bucket ? [local, bucket] : [local];
  return {
    glob: (pattern) => of(pattern).glob(pattern),
    open: (path) => of(path).open(path),
    read: (path, at, into) => of(path).read(path, at, into),
    release: (path) => of(path).release(path),
    refresh: () => both.forEach((files) => files.refresh()),
    close: () => both.forEach((files) => files.close()),
  };
}
