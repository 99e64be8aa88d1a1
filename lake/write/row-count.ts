/**
 * Counts the rows of a Parquet file of the lake.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbFailure } from "../engine/duckdb-failure.ts";
import { DamagedFile } from "../store/failures.ts";
import type { Store } from "../store/store.ts";
import { literalGlob, quote } from "../engine/sql.ts";

/**
 * Returns the number of rows of a file. If the store has not stored the number, it is read from the
 * file's footer.
 *
 * @throws {DamagedFile} if the file is damaged, or not Parquet
 */
export async function countRows(store: Store, path: string): Promise<number> {
  const kept = await store.rowCount(path);
  if (kept !== null) return kept;
  const local = await store.local(path);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `select num_rows::INTEGER as n from parquet_file_metadata(${quote(literalGlob(local.path))})`,
    );
    return reader.getRowObjectsJS()[0]!["n"] as number;
  } catch (error) {
    const failure = duckdbFailure(error, (text) => text.replaceAll(local.path, store.url(path)));
    throw failure instanceof DamagedFile ? new DamagedFile(store.url(path), error) : failure;
  } finally {
    connection.closeSync();
    instance.closeSync();
    await local.done();
  }
}
