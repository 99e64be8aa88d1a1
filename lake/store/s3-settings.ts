/**
 * The settings of the object store. DuckDB and our own requests use the same environment variables.
 *
 * @module
 */
import { type Env, processEnv } from "../../common/env.ts";
import { Failure } from "../../common/failure.ts";

/** Settings of an S3-compatible object store. */
export interface S3Settings {
  /** Host and port without a scheme: `localhost:9000`. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  /** The secret key. It must never be printed. */
  readonly secretAccessKey: string;
  /** The token of temporary credentials, or null. It must never be printed. */
  readonly sessionToken: string | null;
  readonly useSsl: boolean;
  /** `path` puts the bucket after the host, `vhost` before it. */
  readonly urlStyle: "path" | "vhost";
  readonly region: string;
}

/**
 * Reads the settings. Variables that are not set default to the MinIO of `docker-compose.yml`.
 *
 * @throws {Failure} if a variable has an invalid value
 *
 * @example
 * ```ts
 * import { s3Settings } from "./s3-settings.ts";
 *
 * const settings = s3Settings((name) => ({ S3_ENDPOINT: "https://s3.example" })[name]);
 * if (settings.endpoint !== "s3.example" || !settings.useSsl) throw new Error();
 * ```
 */
export function s3Settings(env: Env = processEnv): S3Settings {
  const read = (name: string, fallback: string) => env(name) || fallback;
  const given = read("S3_ENDPOINT", "localhost:9000");
  const [, scheme, host] = /^(?:(https?):\/\/)?([^/\s]+)\/?$/.exec(given) ?? [];
  if (host === undefined) {
    throw new Failure(`S3_ENDPOINT: '${given}' is not host:port`, { exitCode: 2 });
  }
  const ssl = read("S3_USE_SSL", scheme === "https" ? "true" : "false");
  if (ssl !== "true" && ssl !== "false") {
    throw new Failure(`S3_USE_SSL: '${ssl}' is neither true nor false`, { exitCode: 2 });
  }
  const urlStyle = read("S3_URL_STYLE", "path");
  if (urlStyle !== "path" && urlStyle !== "vhost") {
    throw new Failure(`S3_URL_STYLE: '${urlStyle}' is neither path nor vhost`, { exitCode: 2 });
  }
  return {
    endpoint: host,
    accessKeyId: read("AWS_ACCESS_KEY_ID", "minio"),
    secretAccessKey: read("AWS_SECRET_ACCESS_KEY", "minio123"),
    sessionToken: env("AWS_SESSION_TOKEN") || null,
    useSsl: ssl === "true",
    urlStyle,
    region: read("AWS_REGION", "us-east-1"),
  };
}

/** Removes the secrets from a text that will be shown. */
export function withoutSecrets(text: string, settings: S3Settings): string {
  let clean = text;
  for (const secret of [settings.secretAccessKey, settings.sessionToken]) {
    if (secret) clean = clean.replaceAll(secret, "***");
  }
  return clean;
}

/**
 * Splits `s3://bucket/folder` into the bucket and the key prefix. The prefix has no slash at its
 * end.
 */
export function s3Place(location: string): { bucket: string; prefix: string } {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(location) ?? [];
  if (!bucket) throw new Failure(`lake '${location}': no bucket named`, { exitCode: 2 });
  return { bucket, prefix: prefix ?? "" };
}
