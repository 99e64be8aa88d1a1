/**
 * The location of a lake: a folder, or a bucket of an object store. A lake has one location,
 * however a person spells its path.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Env, processEnv } from "../../common/env.ts";
import { Failure } from "../../common/failure.ts";
import { fsFailure } from "./fs-failure.ts";

/** True if the lake is in an object store. */
export function isS3(location: string): boolean {
  return location.startsWith("s3://");
}

/**
 * What to check if a lake holds no toots. A Connect whose tasks have all failed looks healthy
 * from outside, so an empty bucket is the first sign.
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
      "if `deno task lake sink` does, see what that prints"
    : `a listener with --lake ${location} writes to it`;
}

/**
 * The location of a lake, written in the one way that we use everywhere: a folder
 * as its absolute path with symbolic links resolved, a bucket without a slash at
 * the end. `~` is the home folder, as most shells have it; some leave it as it is
 * in `--lake=~/toots`.
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
 * A path of this machine, with `~` replaced by the home folder.
 *
 * @throws {Failure} if it is another person's home, or no home is known
 */
export function withHome(path: string, env: Env = processEnv): string {
  const [, user, rest] = /^~([^/\\]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined) return path;
  const home = env("HOME") || env("USERPROFILE");
  if (user === "" && home) return join(home, rest!);
  throw new Failure(`'${path}': only ~/ is understood here; write the whole path`, { exitCode: 2 });
}

/** The path that a `file:` URL names; any other path as it is. */
function fileOf(given: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(given) ?? [];
  if (scheme === undefined) return given;
  try {
    if (scheme.toLowerCase() === "file") return fileURLToPath(given);
  } catch { /* not a URL of a file of this machine */ }
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
  // Clients resolve such segments differently, so one lake would become two.
  if (prefix && prefix.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new Failure(`lake '${given}': the prefix has an empty segment, or one of dots`, {
      exitCode: 2,
    });
  }
  return prefix ? `s3://${bucket}/${prefix}` : `s3://${bucket}`;
}

/** Resolves symbolic links in the part of a path that exists. */
function realPath(path: string, given: string): string {
  // DuckDB takes a backslash before a wildcard for an escape, and has no way to write both.
  if (Deno.build.os !== "windows" && path.includes("\\") && /[*?[]/.test(path)) {
    throw new Failure(
      `lake '${given}': DuckDB cannot read a path that has a backslash and one of * ? [`,
      { exitCode: 2 },
    );
  }
  try {
    return Deno.realPathSync(path);
  } catch {
    // Whoever opens the path reports its other errors.
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
        `lake '${location}' does not exist; a listener with --lake ${location} makes it, ` +
          `LAKE names another`,
        { exitCode: 2, cause: error },
      );
    }
  });
  if (stat.isDirectory) return;
  throw new Failure(`lake '${location}' is a file; name the folder of a lake`, { exitCode: 2 });
}
