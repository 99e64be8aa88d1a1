/**
 * Deletes objects.
 *
 * @module
 */
import type { S3Client } from "./client.ts";

/** The maximum number of requests at a time. */
const AT_ONCE = 8;

/** Deletes objects; objects that do not exist are ignored. */
export async function deleteObjects(client: S3Client, paths: readonly string[]): Promise<void> {
  const left = [...paths];
  const worker = async () => {
    for (let path; (path = left.pop()) !== undefined;) await client.send("DELETE", path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
