/**
 * Writes objects. An object appears as a whole or not at all.
 *
 * @module
 */
import { fsFailure } from "../fs-failure.ts";
import type { S3Client } from "./client.ts";
import { PART_BYTES, putInParts } from "./multipart.ts";
import { readObject } from "./read.ts";
import { errorCode, refusal } from "./refusal.ts";
import { ROWS_HEADER } from "./row-count.ts";

/**
 * Replaces a small object if its current version is `over`. If `over` is null, the object is
 * written only if it does not exist. Of several writers that replace the same version, only one
 * succeeds.
 *
 * @returns the new version, or null if another writer was first
 */
export async function writeIfVersion(
  client: S3Client,
  path: string,
  text: string,
  over: string | null,
): Promise<string | null> {
  const response = await client.request("PUT", path, {
    body: text,
    headers: over === null ? { "if-none-match": "*" } : { "if-match": over },
    expect: [404, 409, 412],
  });
  const answer = await response.text();
  if (response.ok) return response.headers.get("etag") ?? "";
  if (errorCode(answer) === "NoSuchBucket") throw refusal(404, answer, client);
  // An earlier attempt of this process may have written the object, although the answer was an
  // error.
  const current = await readObject(client, path);
  const same = current !== null && new TextDecoder().decode(current.bytes) === text;
  return same ? current.version : null;
}

/** Moves a Parquet file of `rows` rows from this machine into the object store. */
export async function uploadParquet(
  client: S3Client,
  scratch: string,
  path: string,
  rows: number,
): Promise<void> {
  const headers = {
    [ROWS_HEADER]: String(rows),
    "content-type": "application/vnd.apache.parquet",
  };
  const { size } = await fsFailure(scratch, () => Deno.stat(scratch));
  if (size > 2 * PART_BYTES) await putInParts(client, scratch, path, headers);
  else {
    const body = await fsFailure(scratch, () => Deno.readFile(scratch));
    await client.send("PUT", path, { body, headers });
  }
  await fsFailure(scratch, () => Deno.remove(scratch));
}
