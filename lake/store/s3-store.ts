/**
 * A lake in an S3-compatible object store.
 *
 * @module
 */
import { AwsClient } from "aws4fetch";
import { Failure } from "../../common/failure.ts";
import { createBackoff } from "../../common/retry.ts";
import { FileGone, Unreachable } from "./failures.ts";
import { s3Place, type S3Settings } from "./s3-settings.ts";
import type { Store, StoredFile } from "./store.ts";

/** Milliseconds for one request; then the object store counts as unreachable. */
const LONGEST_REQUEST = 120_000;

/** Where the rows of an object are kept: `x-amz-meta-rows`. */
const ROWS_HEADER = "x-amz-meta-rows";

/** What an object store has more than a folder: readers without DuckDB's httpfs need it. */
export interface ObjectStore extends Store {
  /** A page of {@linkcode Store.list}, 1,000 at most: what comes after the path `after`. */
  page(prefix: string, after: string): Promise<StoredFile[]>;
  /**
   * The bytes of an object from `from` up to but not including `to`.
   *
   * @throws {Failure} where it is gone, or another than `version`
   */
  read(path: string, from: number, to: number, version: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens the objects under `location` (`s3://bucket` or `s3://bucket/prefix`). */
export function s3Store(
  location: string,
  settings: S3Settings,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): ObjectStore {
  const { bucket, prefix } = s3Place(location);
  const scheme = settings.useSsl ? "https" : "http";
  const base = settings.urlStyle === "path"
    ? `${scheme}://${settings.endpoint}/${bucket}`
    : `${scheme}://${bucket}.${settings.endpoint}`;
  const aws = new AwsClient({
    accessKeyId: settings.accessKeyId,
    secretAccessKey: settings.secretAccessKey,
    ...(settings.sessionToken ? { sessionToken: settings.sessionToken } : {}),
    region: settings.region,
    service: "s3",
  });
  const key = (path: string) => prefix ? `${prefix}/${path}` : path;

  /** A request; an object store that is busy for a moment (503, 429) is asked again. */
  async function request(...args: Parameters<typeof attempt>): Promise<Response> {
    const backoff = createBackoff({ base: BUSY_WAIT });
    for (;;) {
      try {
        return await attempt(...args);
      } catch (error) {
        if (!(error instanceof Busy) || backoff.attempts === BUSY_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, backoff.next()));
      }
    }
  }

  async function attempt(
    method: string,
    path: string | null,
    { query = {}, headers = {}, body = null, fine = [] }: {
      query?: Record<string, string>;
      headers?: Record<string, string>;
      body?: string | Uint8Array<ArrayBuffer> | null;
      /** Statuses beside 2xx that are an answer and no fault. */
      fine?: number[];
    } = {},
  ): Promise<Response> {
    const url = new URL(path === null ? base : `${base}/${encodeKey(key(path))}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signed = await aws.sign(url.href.replaceAll("+", "%20"), { method, headers, body });
    let response: Response;
    try {
      response = await fetch(signed, { signal: AbortSignal.timeout(LONGEST_REQUEST) });
    } catch (cause) {
      throw new Unreachable(settings.endpoint, cause);
    }
    if (response.ok || fine.includes(response.status)) return response;
    throw refusal(response.status, await response.text(), location, settings.endpoint);
  }

  async function listing(from: string, query: Record<string, string>) {
    const response = await request("GET", null, {
      query: { "list-type": "2", "encoding-type": "url", prefix: key(from), ...query },
    });
    const xml = await response.text();
    const objects: StoredFile[] = [];
    for (const [, entry] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const name = decodeURIComponent(element(entry!, "Key")!.replaceAll("+", " "));
      objects.push({
        path: prefix ? name.slice(prefix.length + 1) : name,
        bytes: Number(element(entry!, "Size")),
        modified: Date.parse(element(entry!, "LastModified")!),
        version: element(entry!, "ETag")!,
      });
    }
    return { objects, next: element(xml, "NextContinuationToken") };
  }

  async function putParts(path: string, scratch: string, headers: Record<string, string>) {
    const begun = await request("POST", path, { query: { uploads: "" }, headers });
    const uploadId = element(await begun.text(), "UploadId")!;
    try {
      using file = await Deno.open(scratch);
      const parts: string[] = [];
      for (let part = await readPart(file); part.length > 0; part = await readPart(file)) {
        const query = { partNumber: String(parts.length + 1), uploadId };
        const response = await request("PUT", path, { query, body: part });
        await response.body?.cancel();
        parts.push(
          `<Part><PartNumber>${query.partNumber}</PartNumber>` +
            `<ETag>${response.headers.get("etag")}</ETag></Part>`,
        );
      }
      const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
      const ended = await request("POST", path, { query: { uploadId }, body });
      // It may answer 200 and only then find that it cannot.
      const answer = await ended.text();
      if (element(answer, "Code")) throw refusal(500, answer, location, settings.endpoint);
    } catch (error) {
      await done(request("DELETE", path, { query: { uploadId } })).catch(() => {});
      throw error;
    }
  }

  const store: ObjectStore = {
    location,
    url: (path) => `s3://${bucket}/${key(path)}`,

    async list(from) {
      const files: StoredFile[] = [];
      let query: Record<string, string> = {};
      while (true) {
        const { objects, next } = await listing(from, query);
        files.push(...objects);
        if (next === null) return files;
        query = { "continuation-token": next };
      }
    },

    async page(from, after) {
      return (await listing(from, { "start-after": key(after) })).objects;
    },

    async read(path, from, to, version) {
      const response = await request("GET", path, {
        headers: { range: `bytes=${from}-${to - 1}`, "if-match": version },
        fine: [404, 412, 416],
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.ok && bytes.length === to - from) return bytes;
      throw new FileGone(store.url(path), response.status === 404 ? "removed" : "replaced");
    },

    async readText(path) {
      const response = await request("GET", path, { fine: [404] });
      const text = await response.text();
      if (response.ok) return { text, version: response.headers.get("etag") ?? "" };
      if (element(text, "Code") === "NoSuchKey") return null;
      throw refusal(404, text, location, settings.endpoint);
    },

    async readBytes(path) {
      const response = await request("GET", path, { fine: [404] });
      const bytes = await response.bytes();
      if (response.ok) return bytes;
      const text = new TextDecoder().decode(bytes);
      if (element(text, "Code") === "NoSuchKey") return null;
      throw refusal(404, text, location, settings.endpoint);
    },

    async writeText(path, text, over) {
      const response = await request("PUT", path, {
        body: text,
        headers: over === null ? { "if-none-match": "*" } : { "if-match": over },
        fine: [404, 409, 412],
      });
      const answer = await response.text();
      if (response.ok) return response.headers.get("etag") ?? "";
      if (element(answer, "Code") === "NoSuchBucket") {
        throw refusal(404, answer, location, settings.endpoint);
      }
      // An attempt that was answered by an error may have written it all the same.
      const current = await store.readText(path);
      return current?.text === text ? current.version : null;
    },

    async scratch(name) {
      return await Deno.makeTempFile({ prefix: `${name}-`, suffix: ".tmp" });
    },

    // One PUT, or parts that one last request puts together: the object appears
    // whole or not at all.
    async publish(scratch, path, rows) {
      const headers = {
        [ROWS_HEADER]: String(rows),
        "content-type": "application/vnd.apache.parquet",
      };
      const { size } = await Deno.stat(scratch);
      if (size > 2 * PART) await putParts(path, scratch, headers);
      else await done(request("PUT", path, { body: await Deno.readFile(scratch), headers }));
      await Deno.remove(scratch);
    },

    async remove(paths) {
      const left = [...paths];
      const worker = async () => {
        for (let path; (path = left.pop()) !== undefined;) await done(request("DELETE", path));
      };
      await Promise.all(Array.from({ length: 8 }, worker));
    },

    async rowsOf(path) {
      const rows = (await request("HEAD", path)).headers.get(ROWS_HEADER);
      return rows === null ? null : Number(rows);
    },

    async local(path) {
      const copy = await Deno.makeTempFile({ suffix: ".parquet" });
      await Deno.writeFile(copy, (await request("GET", path)).body!);
      return { path: copy, done: () => Deno.remove(copy) };
    },
  };
  return store;
}

/** Larger files go in parts of this many bytes. */
const PART = 32 * 2 ** 20;

async function readPart(file: Deno.FsFile): Promise<Uint8Array<ArrayBuffer>> {
  const part = new Uint8Array(PART);
  let filled = 0;
  while (filled < PART) {
    const read = await file.read(part.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return part.subarray(0, filled);
}

async function done(request: Promise<Response>): Promise<void> {
  await (await request).body?.cancel();
}

/** The object store answers that it is too busy just now. */
class Busy extends Unreachable {}

/** How often a busy object store is asked again, and the first wait in milliseconds. */
const BUSY_ATTEMPTS = 4;
const BUSY_WAIT = 200;

function refusal(status: number, xml: string, location: string, endpoint: string): Failure {
  const code = element(xml, "Code") ?? `HTTP ${status}`;
  if (status === 503 || status === 429) return new Busy(endpoint, code);
  if (status >= 500) return new Unreachable(endpoint, code);
  switch (code) {
    case "NoSuchBucket":
      return new Failure(`lake '${location}': no such bucket at ${endpoint}`, { exitCode: 2 });
    case "AccessDenied":
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "HTTP 403":
      return new Failure(
        `lake '${location}': ${endpoint} refuses (${code}); see AWS_ACCESS_KEY_ID and ` +
          `AWS_SECRET_ACCESS_KEY`,
        { exitCode: 2 },
      );
  }
  return new Failure(`lake '${location}': ${endpoint} says ${code}`);
}

/** The text of the first `<name>` in a small XML answer. */
function element(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? null : text.replaceAll(/&(quot|#34);/g, '"').replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** `+` and `=` stand in the names of the S3 sink's objects, and mean something in a URL. */
function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
