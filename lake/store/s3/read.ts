/**
 * Reads objects.
 *
 * @module
 */
import { FileGone } from "../failures.ts";
import type { S3Client } from "./client.ts";
import { errorCode, refusal } from "./refusal.ts";

/** Reads an object's content and ETag; null if the object does not exist. */
export async function readObject(
  client: S3Client,
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; version: string } | null> {
  const response = await client.request("GET", path, { expect: [404] });
  const bytes = await response.bytes();
  if (response.ok) return { bytes, version: response.headers.get("etag") ?? "" };
  const text = new TextDecoder().decode(bytes);
  if (errorCode(text) === "NoSuchKey") return null;
  throw refusal(404, text, client);
}

/**
 * Reads the bytes of an object from `from` up to but not including `to`.
 *
 * @throws {FileGone} if the object was removed, or its version is not `version`
 */
export async function readRange(
  client: S3Client,
  path: string,
  { from, to, version }: { from: number; to: number; version: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await client.request("GET", path, {
    headers: { range: `bytes=${from}-${to - 1}`, "if-match": version },
    expect: [404, 412, 416],
  });
  const bytes = await response.bytes();
  if (response.ok && bytes.length === to - from) return bytes;
  const url = `s3://${client.bucket}/${client.key(path)}`;
  throw new FileGone(url, response.status === 404 ? "removed" : "replaced");
}

/** Downloads an object to a new file on this machine, and returns the file's path. */
export async function download(client: S3Client, path: string): Promise<string> {
  const copy = await Deno.makeTempFile({ suffix: ".parquet" });
  try {
    await Deno.writeFile(copy, (await client.request("GET", path)).body!);
    return copy;
  } catch (error) {
    await Deno.remove(copy);
    throw error;
  }
}
