/**
 * Uploads a large file in parts. The last request joins the parts, so readers never see only some
 * of them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 * @module
 */
import { parseAnswer } from "./answer.ts";
import type { S3Client } from "./client.ts";
import { errorCode, refusal } from "./refusal.ts";

/** The size of one part in bytes. An upload takes this much memory. */
export const PART_BYTES = 32 * 2 ** 20;

/** Uploads the file at `scratch`. After a failure, the parts are removed. */
export async function putInParts(
  client: S3Client,
  scratch: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const begun = await client.request("POST", path, { query: { uploads: "" }, headers });
  const answer = await begun.text();
  const uploadId = parseAnswer(answer)?.fields.get("UploadId");
  if (!uploadId) throw refusal(500, answer, client);
  try {
    using file = await Deno.open(scratch);
    const parts: string[] = [];
    for (let part = await readPart(file); part.length > 0; part = await readPart(file)) {
      const query = { partNumber: String(parts.length + 1), uploadId };
      const response = await client.request("PUT", path, { query, body: part });
      await response.body?.cancel();
      parts.push(
        `<Part><PartNumber>${query.partNumber}</PartNumber>` +
          `<ETag>${response.headers.get("etag")}</ETag></Part>`,
      );
    }
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    const ended = await client.request("POST", path, { query: { uploadId }, body });
    // The object store sends status 200 before it joins the parts, and joining can still fail.
    const result = await ended.text();
    if (errorCode(result) !== null) throw refusal(500, result, client);
  } catch (error) {
    await client.send("DELETE", path, { query: { uploadId } }).catch(() => {});
    throw error;
  }
}

async function readPart(file: Deno.FsFile): Promise<Uint8Array<ArrayBuffer>> {
  const part = new Uint8Array(PART_BYTES);
  let filled = 0;
  while (filled < PART_BYTES) {
    const read = await file.read(part.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return part.subarray(0, filled);
}
