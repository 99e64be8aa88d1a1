/**
 * DuckDB-wasm, started under Deno: its blocking build for Node, with a file
 * system of ours in place of Node's.
 *
 * Four things about version 1.28.0 shape this file:
 *
 * - The wasm code calls its file system through the global `DUCKDB_RUNTIME`.
 *   It does so only while a call into it runs, so the global stands exactly
 *   that long, and every database has its own.
 * - `apache-arrow`, which reads its results, brings `tslib`, which puts some
 *   thirty helpers on `globalThis`. They go again as soon as it is loaded.
 * - The wasm code was built with a stack of 64 KB, and nothing guards its end: a
 *   list of a thousand files, or a deep expression, would run over what lies
 *   behind it. It gets a larger one, on its heap.
 * - Its page buffer keeps files open, and pages of them, after a query. They
 *   are dropped each time: a file that changed must not be read half old.
 *
 * @module
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as DuckDB from "@duckdb/duckdb-wasm/blocking";
import type { RecordBatch } from "apache-arrow";

/** What the wasm code calls for its files. */
export type Runtime = DuckDB.DuckDBRuntime;

/** What a call from the wasm code comes with: its memory and its functions. */
export type Module = DuckDB.DuckDBModule & {
  // Of Emscripten, whose types do not travel with the package.
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPF64: Float64Array;
  _malloc(bytes: number): number;
};

/** The package's own functions. */
export type Package = typeof DuckDB;

/** A database in memory, one connection, one statement at a time. */
export interface Database {
  /** Runs one statement, its `$1` and so on filled with texts. */
  run(sql: string, texts?: readonly string[]): RecordBatch[];
  close(): void;
}

const globals = globalThis as unknown as Record<string, unknown>;
let loaded: Package | undefined;

/** Bytes for the calls and the texts of one statement; a multiple of 16. */
const STACK = 2 ** 24;

/** Loads the package; the wasm code itself comes with {@linkcode openDatabase}. */
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

/** Runs `work`, which may call into the wasm code, with `runtime` as its file system. */
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

// Starting takes several turns of the event loop, in which the package sets the
// global itself: one start at a time.
let starting: Promise<unknown> = Promise.resolve();

/** Starts a database in memory whose files are those of `runtime`. */
export function openDatabase(runtime: Runtime): Promise<Database> {
  const started = starting.then(() => start(runtime));
  starting = started.catch(() => {});
  return started;
}

async function start(runtime: Runtime): Promise<Database> {
  const duckdb = loadDuckDB();
  // `mainWorker` is for the browser's asynchronous build; the blocking one has none.
  const eh = { mainModule: pathOf("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"), mainWorker: "" };
  const db = await duckdb.createDuckDB({ mvp: eh, eh }, new duckdb.VoidLogger(), runtime);
  try {
    await db.instantiate();
  } finally {
    delete globals["DUCKDB_RUNTIME"];
  }
  // The stack grows downwards from where the pointer is put.
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
          // Not `query`, which takes an error in mid-result for its end.
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
