/**
 * Where a lake lies: a folder, or a bucket of an object store.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/** A location without the slash at its end. */
export function tidyLocation(location: string): string {
  return location.length > 1 ? location.replace(/\/+$/, "") : location;
}

/** True where the lake lies in an object store. */
export function isS3(location: string): boolean {
  return location.startsWith("s3://");
}

/**
 * What to look at if a lake holds no toots. A Connect whose tasks have failed
 * looks healthy from outside, so a bucket that stays empty is the first sign.
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
 * Sees to it that a lake's folder is there.
 *
 * @throws {Failure} where it is not
 */
export async function checkFolder(location: string): Promise<void> {
  try {
    const stat = await Deno.stat(location);
    if (!stat.isDirectory) {
      throw new Failure(`lake '${location}' is a file; name the folder of a lake`, { exitCode: 2 });
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Failure(
        `lake '${location}' is not there; a listener with --lake ${location} makes it, ` +
          `LAKE names another`,
        { exitCode: 2, cause: error },
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Failure(`lake '${location}' may not be read by this user`, { cause: error });
    }
    throw error;
  }
}
