/**
 * The number of rows of a Parquet file, which is kept in a header of its object, so that
 * nobody has to read the file for it.
 *
 * @module
 */
import type { S3Client } from "./client.ts";

/** The header. */
export const ROWS_HEADER = "x-amz-meta-rows";

/** The number of rows that was written with an object; null if it has none. */
export async function readRowCount(client: S3Client, path: string): Promise<number | null> {
  const rows = (await client.request("HEAD", path)).headers.get(ROWS_HEADER);
  return rows === null ? null : Number(rows);
}
