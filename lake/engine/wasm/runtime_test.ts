import assert from "node:assert/strict";
import { Failure } from "../../../common/failure.ts";
import { openDatabase } from "./duckdb.ts";
import type { Files } from "./files.ts";
import { fileRuntime } from "./runtime.ts";

/** Makes files that are listed, but cannot be opened or read. */
function failing(where: "open" | "read"): Files {
  const fail = (path: string): never => {
    throw new Failure(`${path} is gone`);
  };
  return {
    glob: (pattern) => pattern === "x" ? ["x"] : [],
    open: (path) => where === "open" ? fail(path) : 5_000,
    read: (path) => fail(path),
    release() {},
    refresh() {},
    close() {},
  };
}

for (const where of ["open", "read"] as const) {
  for (const from of ["read_parquet('x')", "read_csv_auto('x')"]) {
    Deno.test(`an error in the ${where} of a file fails only the statement: ${from}`, async () => {
      const { runtime, takeError } = fileRuntime(failing(where));
      const database = await openDatabase(runtime);
      // A file that cannot be opened appears as an empty file, which a CSV reader may accept.
      try {
        database.run(`select * from ${from}`);
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError), String(error));
      }
      const error = takeError();
      assert.ok(error instanceof Failure && error.message === "x is gone", String(error));
      assert.equal(database.run("select 42 as n")[0]?.get(0)?.["n"], 42);
      assert.equal(takeError(), undefined);
      database.close();
    });
  }
}
