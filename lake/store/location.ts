/**
 * The location of a lake: a folder, or a bucket of an object store. Different spellings of a path
 * lead to the same location.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Env, processEnv } from "../../common/env.ts";
import { Failure } from "../../common/failure.ts";
import { fsFailure } from "./fs-failure.ts";

/** Returns true if the lake is in an object store. */
export function isS3(location: string): boolean {
  return location.startsWith("s3://");
}

/**
 * Says what to check if a lake contains no toots. Kafka Connect looks healthy from outside even if
 * all its tasks have failed, so an empty bucket is the first sign.
 *
 * @example
 * ```ts
 * import { whyEmpty } from "./location.ts";
 *
 * if (!whyEmpty("s3://mastodon").includes("deno task connect check")) throw new Error();
 * ```
 */
export function whyEmpty(location: string): string {
  return isS3(location)
    ? "if Kafka Connect writes it, `deno task connect check` says whether the sink's tasks run; " +
      "if `deno task lake sink` writes it, see what that prints"
    : `a listener with --lake ${location} writes to it`;
}

/**
 * Returns the location of a lake in one canonical form. A folder becomes an absolute path with
 * symbolic links resolved, and a bucket has no slash at the end. `~` becomes the home folder,
 * because some shells leave it as it is in `--lake=~/toots`.
 *
 * The folder need not exist yet.
 *
 * @throws {Failure} if the path cannot be the location of a lake
 *
 * @example
 * ```ts
 * import { lakeLocation } from "./location.ts";
 *
 * if (lakeLocation("s3://mastodon/lake/") !== "s3://mastodon/lake") throw new Error();
 * if (lakeLocation("/data/../data/lake/") !== "/data/lake") throw new Error();
 * if (lakeLocation("~/lake", () => "/home/ada") !== "/home/ada/lake") throw new Error();
 * ```
 */
export function lakeLocation(
  given: string,
  env: Env = processEnv,
): string {
  if (/^s3:/i.test(given)) return bucketLocation(given);
  const path = withHome(fileOf(given), env);
  return realPath(isAbsolute(path) ? path : join(Deno.cwd(), "/") + path, given);
}

/**
 * Replaces `~` at the start of a path by the home folder.
 *
 * @throws {Failure} if the path begins with another user's home, or the home folder is unknown
 */
export function withHome(path: string, env: Env = processEnv): string {
  const [, user, rest] = /^~([^/\\]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined) return path;
  const home = env("HOME") || env("USERPROFILE");
  if (user === "" && home) return join(home, rest!);
  throw new Failure(`'${path}': only ~/ is understood here; write the whole path`, { exitCode: 2 });
}

/**
 * Returns the path of a `file:` URL. A text without a scheme stays as it is.
 *
 * @throws {Failure} if the text is any other URL
 */
function fileOf(given: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(given) ?? [];
  if (scheme === undefined) return given;
  try {
    if (scheme.toLowerCase() === "file") return fileURLToPath(given);
  } catch { /* Not a URL of a file on this machine. */ }
  throw new Failure(
    `lake '${given}': expected a folder, or s3://bucket with the settings of an S3-compatible store`,
    { exitCode: 2 },
  );
}

function bucketLocation(given: string): string {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/is.exec(given) ?? [];
  if (bucket === undefined) {
    throw new Failure(`lake '${given}': expected s3://bucket or s3://bucket/prefix`, {
      exitCode: 2,
    });
  }
  // Clients resolve empty segments, `.` and `..` in different ways, so one lake would become two.
  if (prefix && prefix.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new Failure(`lake '${given}': the prefix has a segment that is empty, '.' or '..'`, {
      exitCode: 2,
    });
  }
  return prefix ? `s3://${bucket}/${prefix}` : `s3://${bucket}`;
}

/**
 * Resolves the symbolic links in the part of `path` that exists. `given` is the user's text, for
 * messages.
 */
function realPath(path: string, given: string): string {
  // In DuckDB a backslash escapes the wildcard after it, so DuckDB cannot read a path with both.
  if (Deno.build.os !== "windows" && path.includes("\\") && /[*?[]/.test(path)) {
    throw new Failure(
      `lake '${given}': DuckDB cannot read a path that has a backslash and one of * ? [`,
      { exitCode: 2 },
    );
  }
  try {
    return Deno.realPathSync(path);
  } catch {
    // Usually the path does not exist yet. Any other error is reported when the lake is opened.
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent, given), basename(path));
  }
}

/**
 * Checks that the folder of a lake exists.
 *
 * @throws {Failure} if it does not, or cannot be read
 */
export async function checkFolder(location: string): Promise<void> {
  const stat = await fsFailure(location, async () => {
    try {
      return await Deno.stat(location);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Failure(
        `lake '${location}' does not exist; a listener with --lake ${location} creates it, ` +
          `or set LAKE to another lake`,
        { exitCode: 2, cause: error },
      );
    }
  });
  if (stat.isDirectory) return;
  throw new Failure(`lake '${location}' is a file; name the folder of a lake`, { exitCode: 2 });
}
