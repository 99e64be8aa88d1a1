/**
 * The worker behind {@link serveObjects}.
 *
 * @module
 */
import type { Order, Served } from "./objects.ts";

interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Keys per page of a listing. */
const PAGE = 1000;

const objects = new Map<string, StoredObject>();
const hidden = new Set<string>();
let versions = 0;
let served: Served = { lists: 0, reads: 0, bytes: 0 };

const error = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code></Error>`, { status });

function list(query: URLSearchParams): Response {
  served.lists++;
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const keys = [...objects.keys()].sort()
    .filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after);
  const page = keys.slice(0, PAGE);
  const contents = page.map((key) => {
    const { bytes, etag } = objects.get(key)!;
    return `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${bytes.length}</Size>` +
      `<LastModified>2026-11-02T00:00:00.000Z</LastModified><ETag>&#34;${etag}&#34;</ETag></Contents>`;
  });
  const next = keys.length > PAGE
    ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
    : "";
  return new Response(
    `<ListBucketResult><EncodingType>url</EncodingType>${
      contents.join("")
    }${next}</ListBucketResult>`,
  );
}

function read(key: string, headers: Headers): Response {
  const object = objects.get(key);
  if (!object || hidden.has(key)) return error(404, "NoSuchKey");
  if (headers.get("if-match") !== `"${object.etag}"`) return error(412, "PreconditionFailed");
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.get("range") ?? "")!;
  const part = object.bytes.slice(Number(from), Number(to) + 1);
  served.reads++;
  served.bytes += part.length;
  return new Response(part, { status: 206 });
}

function answer(request: Request): Response {
  const url = new URL(request.url);
  const [, bucket, key] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(url.pathname))!;
  const signed = request.headers.get("authorization")?.includes("Credential=minio/");
  if (!signed) return error(403, "InvalidAccessKeyId");
  if (bucket !== "lake") return error(404, "NoSuchBucket");
  return key ? read(key, request.headers) : list(url.searchParams);
}

const self = globalThis as unknown as Worker;
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => self.postMessage(port) },
  answer,
);

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  if (data.what === "put") {
    objects.set(data.key, { bytes: data.bytes, etag: `v${++versions}` });
  } else if (data.what === "delete") {
    objects.delete(data.key);
  } else if (data.what === "hide") {
    hidden.add(data.key);
  } else if (data.what === "show") {
    hidden.delete(data.key);
  } else if (data.what === "end") {
    await server.shutdown();
  }
  self.postMessage(served);
  served = { lists: 0, reads: 0, bytes: 0 };
};
