/**
 * The file system of the wasm code, on top of {@linkcode Files}. It is read-only.
 *
 * @module
 */
import { loadDuckDB, type Module, type Package, type Runtime } from "./duckdb.ts";
import type { Files } from "./files.ts";
import { Failure } from "../../../common/failure.ts";

/** A file system for the wasm code, and its first error. */
export interface FileRuntime {
  readonly runtime: Runtime;
  /**
   * Returns the first error since the previous call of `takeError`; undefined if there was none.
   * After an error, the statement has failed, even if the wasm code reports success.
   */
  takeError(): unknown;
}

/** The flag of a file that is opened for writing. */
const WRITE = 2;

/** Creates the file system on top of `files`. */
export function fileRuntime(files: Files): FileRuntime {
  const duckdb = loadDuckDB();
  const paths = new Map<number, string>();
  let error: unknown;

  /** Runs `work`. If `work` throws, the error is recorded and `otherwise` is returned. */
  function attempt<T>(otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      error ??= thrown;
      return otherwise;
    }
  }
  /**
   * Runs `work` for a call from the wasm code. An error of `work` stops the statement by a C++
   * exception, because a JavaScript exception would break the wasm code's stack.
   */
  function answer<T>(module: Module, work: () => T): T | 0 {
    const nothing = {};
    const result = attempt<T | typeof nothing>(nothing, work);
    if (result !== nothing) return result as T;
    const message = error instanceof Error ? error.message : String(error);
    module.ccall("duckdb_web_fail_with", null, ["string"], [message]);
    return 0;
  }
  const readOnly = () =>
    attempt(undefined, () => {
      throw new Failure("the wasm engine only reads; DUCKDB_ENGINE=native writes");
    });
  const text = (module: Module, at: number, length: number) =>
    duckdb.readString(module, at, length);

  const runtime: Runtime = {
    _udfFunctions: new Map(),
    testPlatformFeature: (_module, feature) => feature === 1, // Feature 1 is BigInt64Array.
    getDefaultDataProtocol: () => duckdb.DuckDBDataProtocol.NODE_FS,

    // An exception here would send the wasm code into an endless loop. So a file that cannot be
    // opened appears as an empty file, and the error is recorded. The package's type says void, but
    // the wasm code expects a pointer to two doubles: the file's size, and a buffer with its
    // content (none).
    openFile(module: Module, id, flags) {
      const size = attempt(0, () => {
        if ((flags & WRITE) !== 0) return readOnly() ?? 0;
        const path = pathOfFile(duckdb, module, id);
        const bytes = files.open(path);
        paths.set(id, path);
        return bytes;
      });
      const opened = module._malloc(16);
      module.HEAPF64[opened >> 3] = size;
      module.HEAPF64[(opened >> 3) + 1] = 0;
      return opened as unknown as void;
    },
    readFile: (module: Module, id, buffer, bytes, location) =>
      answer(module, () => {
        files.read(paths.get(id)!, location, module.HEAPU8.subarray(buffer, buffer + bytes));
        return bytes;
      }),
    closeFile(_module, id) {
      const path = paths.get(id);
      if (path !== undefined) files.release(path);
      paths.delete(id);
    },
    glob: (module: Module, at, length) =>
      answer(module, () => {
        for (const path of files.glob(text(module, at, length))) {
          module.ccall("duckdb_web_fs_glob_add_path", null, ["string"], [path]);
        }
      }),
    checkFile: (module: Module, at, length) =>
      attempt(false, () => files.glob(text(module, at, length)).length > 0),
    // The files of the lake do not change while a query runs, so any constant time is right.
    getLastFileModificationTime: () => 0,
    checkDirectory: () => false,
    listDirectoryEntries: () => false,

    // Written data is discarded, and the statement fails at its end.
    writeFile: (_module, _id, _buffer, bytes) => (readOnly(), bytes),
    truncateFile: readOnly,
    createDirectory: readOnly,
    removeDirectory: readOnly,
    moveFile: readOnly,
    removeFile: readOnly,
    syncFile() {},
    callScalarUDF() {},
  };
  return {
    runtime,
    takeError() {
      const taken = error;
      error = undefined;
      return taken;
    },
  };
}

/** Returns the path of a file by the number that the wasm code gave it. */
function pathOfFile(duckdb: Package, module: Module, id: number): string {
  const [status, at, length] = duckdb.callSRet(
    module,
    "duckdb_web_fs_get_file_info_by_id",
    ["number", "number"],
    [id, 0],
  );
  const answer = duckdb.readString(module, at, length);
  duckdb.dropResponseBuffers(module);
  if (status !== duckdb.StatusCode.SUCCESS) throw new Error(answer);
  return (JSON.parse(answer) as { fileName: string }).fileName;
}
