/**
 * Starts DuckDB-wasm under Deno: its blocking build for Node, with our file system in place of
 * Node's.
 *
 * Four properties of the package's version 1.28.0 explain this file:
 *
 * - The wasm code uses its file system through the global `DUCKDB_RUNTIME`, and only while a call
 * into the wasm code runs. So the global is set only during such a call, and every database can
 * have its own file system.
 *
 * - The package reads its results with `apache-arrow`. That loads `tslib`, and `tslib` adds about
 * thirty helpers to `globalThis`. They are removed as soon as the package is loaded.
 *
 * - The wasm code has a stack of 64 KB without a guard: a list of a thousand files, or a deep
 * expression, would overwrite the memory behind it. So it gets a larger stack on its heap.
 *
 * - After a query, the buffer of the wasm code keeps files open and parts of them in memory. So all
 * files are dropped after each query. Otherwise a changed file could be read half old and half new.
 *
 * @module
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as DuckDB from "@duckdb/duckdb-wasm/blocking";
import type { RecordBatch } from "apache-arrow";

/** The functions that the wasm code calls for its files. */
export type Runtime = DuckDB.DuckDBRuntime;

/**
 * The wasm code's memory and functions, which it passes to the functions of {@linkcode Runtime}.
 */
export type Module = DuckDB.DuckDBModule & {
  // The package does not contain Emscripten's types.
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPF64: Float64Array;
  _malloc(bytes: number): number;
};

/** The functions of the package. */
export type Package = typeof DuckDB;

/** A database in memory with one connection. It runs one statement at a time. */
export interface Database {
  /** Runs one statement. `texts` are the values of `$1`, `$2` and so on. */
  run(sql: string, texts?: readonly string[]): RecordBatch[];
  close(): void;
}

const globals = globalThis as unknown as Record<string, unknown>;
let loaded: Package | undefined;

/**
 * The size of the stack in bytes, a multiple of 16. The stack holds the calls and texts of one
 * statement.
 */
const STACK = 2 ** 24;

/** Loads the package's JavaScript. The wasm code is loaded by {@linkcode openDatabase}. */
export function loadDuckDB(): Package {
  if (loaded) return loaded;
  const before = new Set(Object.getOwnPropertyNames(globalThis));
  const require = createRequire(import.meta.url);
  loaded = require(pathOf("@duckdb/duckdb-wasm/blocking")) as Package;
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!before.has(name)) delete globals[name];
  }
  return loaded;
}

function pathOf(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

/**
 * Runs `work`, which may call the wasm code. Meanwhile `runtime` is the file system of the wasm
 * code.
 */
function within<T>(runtime: Runtime, work: () => T): T {
  const outer = globals["DUCKDB_RUNTIME"];
  globals["DUCKDB_RUNTIME"] = runtime;
  try {
    return work();
  } finally {
    if (outer === undefined) delete globals["DUCKDB_RUNTIME"];
    else globals["DUCKDB_RUNTIME"] = outer;
  }
}

// Only one database starts at a time, because starting is asynchronous and the package sets
// `DUCKDB_RUNTIME` itself meanwhile.
let starting: Promise<unknown> = Promise.resolve();

/** Starts a database in memory that reads its files through `runtime`. */
export function openDatabase(runtime: Runtime): Promise<Database> {
  const started = starting.then(() => start(runtime));
  starting = started.catch(() => {});
  return started;
}

async function start(runtime: Runtime): Promise<Database> {
  const duckdb = loadDuckDB();
  // `mainWorker` is for the browser's asynchronous build; the blocking build has none.
  const eh = { mainModule: pathOf("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"), mainWorker: "" };
  const db = await duckdb.createDuckDB({ mvp: eh, eh }, new duckdb.VoidLogger(), runtime);
  try {
    await db.instantiate();
  } finally {
    delete globals["DUCKDB_RUNTIME"];
  }
  // The stack grows downwards from this pointer.
  const stack = (db.mod as Module)._malloc(STACK);
  db.mod.stackRestore(stack + STACK);
  const connection = within(runtime, () => {
    db.open({ path: ":memory:" });
    return db.connect();
  });
  return {
    run: (sql, texts = []) =>
      within(runtime, () => {
        const statement = connection.prepare(sql);
        try {
          // `query` is not used, because it takes an error in the middle of a result for the end of
          // the result.
          return [...statement.send(...texts)];
        } finally {
          statement.close();
          db.dropFiles();
        }
      }),
    close: () =>
      within(runtime, () => {
        connection.close();
        db.reset();
      }),
  };
}
