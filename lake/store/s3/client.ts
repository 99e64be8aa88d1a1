/**
 * Signed requests to one bucket.
 *
 * @module
 */
import { AwsClient } from "aws4fetch";
import { type Clock, systemClock } from "../../../common/clock.ts";
import { retry } from "../../../common/retry.ts";
import { Unreachable } from "../failures.ts";
import { s3Place, type S3Settings } from "../s3-settings.ts";
import { Busy, refusal, type Refused } from "./refusal.ts";

/**
 * The timeout of one request in milliseconds. After that, the object store counts as unreachable.
 */
const REQUEST_TIMEOUT = 120_000;

/**
 * An answer must begin within `ANSWER_WITHIN` milliseconds, plus the time to upload the body at
 * `SLOWEST_UPLOAD` bytes per second. This detects an object store that accepts connections but
 * never answers.
 */
const ANSWER_WITHIN = 30_000, SLOWEST_UPLOAD = 200_000;

/** The maximum number of attempts if the object store is busy. */
const BUSY_ATTEMPTS = 5;
/** The first wait between two attempts is random, and at most this many milliseconds. */
const BUSY_WAIT = 200;

/** External effects that tests replace. */
export interface S3Effects {
  readonly fetch?: typeof globalThis.fetch;
  /** The clock for the waits between attempts, and for `ANSWER_WITHIN`. */
  readonly clock?: Clock;
}

/** The content of a request. */
export interface S3Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | null;
  /** HTTP statuses other than 2xx that are returned and not thrown. */
  readonly expect?: readonly number[];
}

/** Sends requests about the objects of one lake in one bucket. */
export interface S3Client extends Refused {
  readonly bucket: string;
  /** Returns the key of the object at `path`, which is relative to the lake. */
  key(path: string): string;
  /** Returns the path of a key, relative to the lake. */
  path(key: string): string;
  /**
   * Sends a request about an object of the lake, or about the bucket (`path` is null). If the
   * object store is busy (503, 429), the request is repeated.
   *
   * @throws {Unreachable} if the object store does not answer, or answers with a server error
   * @throws {Failure} if the object store refuses the request
   */
  request(method: string, path: string | null, request?: S3Request): Promise<Response>;
  /** Like {@linkcode S3Client.request}, for answers whose content is not needed. */
  send(method: string, path: string, request?: S3Request): Promise<void>;
}

/** Creates a client for the objects under `location` (`s3://bucket` or `s3://bucket/prefix`). */
export function s3Client(
  location: string,
  settings: S3Settings,
  { fetch = globalThis.fetch, clock }: S3Effects = {},
): S3Client {
  const { bucket, prefix } = s3Place(location);
  const { endpoint } = settings;
  const scheme = settings.useSsl ? "https" : "http";
  const base = settings.urlStyle === "path"
    ? `${scheme}://${endpoint}/${bucket}`
    : `${scheme}://${bucket}.${endpoint}`;
  const aws = new AwsClient({
    accessKeyId: settings.accessKeyId,
    secretAccessKey: settings.secretAccessKey,
    ...(settings.sessionToken ? { sessionToken: settings.sessionToken } : {}),
    region: settings.region,
    service: "s3",
  });

  async function attempt(
    method: string,
    path: string | null,
    { query = {}, headers = {}, body = null, expect = [] }: S3Request,
  ): Promise<Response> {
    const url = new URL(path === null ? base : `${base}/${encodeKey(client.key(path))}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signed = await aws.sign(url.href.replaceAll("+", "%20"), { method, headers, body });
    let response: Response;
    const silent = new AbortController();
    const patience = ANSWER_WITHIN + (body?.length ?? 0) / SLOWEST_UPLOAD * 1_000;
    const cancel = (clock ?? systemClock).after(patience, () => silent.abort());
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(REQUEST_TIMEOUT), silent.signal]);
      response = await fetch(signed, { signal });
    } catch (cause) {
      throw new Unreachable(endpoint, cause);
    } finally {
      cancel();
    }
    if (response.ok || expect.includes(response.status)) return response;
    throw refusal(response.status, await response.text(), client);
  }

  const client: S3Client = {
    location,
    endpoint,
    bucket,
    key: (path) => prefix ? `${prefix}/${path}` : path,
    path: (key) => prefix ? key.slice(prefix.length + 1) : key,
    request: (method, path, request = {}) =>
      retry(() => attempt(method, path, request), {
        base: BUSY_WAIT,
        attempts: BUSY_ATTEMPTS,
        retryable: (error) => error instanceof Busy,
        describe: String,
        recovered: "",
        ...(clock ? { clock } : {}),
      }),
    async send(method, path, request) {
      await (await client.request(method, path, request)).body?.cancel();
    },
  };
  return client;
}

/**
 * Encodes a key for a URL, including `+` and `=`, which are in the names of the S3 sink's files and
 * have a meaning in URLs.
 */
function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
