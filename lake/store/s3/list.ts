/**
 * Lists objects (`ListObjectsV2`) of any implementation of S3.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import type { StoredFile } from "../store.ts";
import { parseAnswer } from "./answer.ts";
import type { S3Client } from "./client.ts";

/** One page of a listing. */
interface Page {
  readonly objects: StoredFile[];
  /** The query parameters of the next page; null after the last page. */
  readonly next: Record<string, string> | null;
}

/** Lists the objects whose paths start with `prefix`, in the order of their paths. */
export async function listObjects(client: S3Client, prefix: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  let query: Record<string, string> = {};
  for (;;) {
    const { objects, next } = await listPage(client, prefix, query);
    files.push(...objects);
    if (next === null) break;
    if (sameQuery(next, query)) throw cannotRead(client, "the same page twice");
    query = next;
  }
  // Most implementations sort; S3's directory buckets do not.
  return files.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** Lists at most 1,000 objects whose paths start with `prefix` and come after `after`. */
export async function listAfter(
  client: S3Client,
  prefix: string,
  after: string,
): Promise<StoredFile[]> {
  return (await listPage(client, prefix, { "start-after": client.key(after) })).objects;
}

async function listPage(
  client: S3Client,
  prefix: string,
  query: Record<string, string>,
): Promise<Page> {
  const response = await client.request("GET", null, {
    query: { "list-type": "2", "encoding-type": "url", prefix: client.key(prefix), ...query },
  });
  const answer = parseAnswer(await response.text(), "Contents");
  if (answer?.root !== "ListBucketResult") throw cannotRead(client, "no list of objects");
  const { fields, entries } = answer;
  // An implementation that encodes keys says so in its answer.
  const decode = fields.get("EncodingType") === "url" ? decodeKey : (key: string) => key;
  const keys = entries.map((entry) => decode(entry.get("Key") ?? ""));
  const objects = entries.map((entry, i) => ({
    path: client.path(keys[i]!),
    bytes: Number(entry.get("Size")),
    modified: Date.parse(entry.get("LastModified") ?? ""),
    version: entry.get("ETag") ?? "",
  }));
  if (objects.some(({ bytes, modified }) => Number.isNaN(bytes + modified))) {
    throw cannotRead(client, "objects without size or time");
  }
  return { objects, next: nextQuery(client, fields, keys.at(-1)) };
}

/**
 * Returns the query of the next page; null after the last page. The query contains the page's
 * token, or the page's last key if it has no token.
 */
function nextQuery(
  client: S3Client,
  fields: ReadonlyMap<string, string>,
  lastKey: string | undefined,
): Record<string, string> | null {
  const token = fields.get("NextContinuationToken");
  const truncated = fields.get("IsTruncated")?.trim();
  if (truncated === "false" || (truncated !== "true" && !token)) return null;
  if (token) return { "continuation-token": token };
  if (lastKey === undefined) throw cannotRead(client, "an empty page that is not the last one");
  return { "start-after": lastKey };
}

function sameQuery(a: Record<string, string>, b: Record<string, string>): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Decodes a key. A `+` stands for a space, as in forms. This is also right for implementations that
 * write `%20` for a space, because they write `%2B` for a `+`.
 */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key; // A `%` that does not begin a code.
  }
}

function cannotRead({ location, endpoint }: S3Client, what: string): Failure {
  return new Failure(
    `lake '${location}': ${endpoint} listed ${what}; does S3_ENDPOINT name an S3 API?`,
  );
}
