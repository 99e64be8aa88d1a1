/**
 * The number of rows of a Parquet file. It is stored in a header of the object, so that nobody has
 * to read the file to find it.
 *
 * @module
 */
import type { S3Client } from "./client.ts";

/** The name of the header. */
export const ROWS_HEADER = "x-amz-meta-rows";

/** Reads the number of rows of an object; null if the object has no such header. */
export async function readRowCount(client: S3Client, path: string): Promise<number | null> {
  const rows = (await client.request("HEAD", path)).headers.get(ROWS_HEADER);
  return rows === null ? null : Number(rows);
}
