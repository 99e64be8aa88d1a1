/**
 * Mastodon itself, of any version: before 4.5 without `timelines_access`, before
 * 4.2 with streams for everybody, before 4.0 without `/api/v2/instance`.
 *
 * @module
 */
import { atLeast, type Software } from "./software.ts";

/** Mastodon of this version, such as `4.5.3`. */
export function mastodon(version = "4.5.3"): Software {
  return {
    name: "mastodon",
    version,
    says: version,
    speaks: version,
    sourceURL: "https://github.com/mastodon/mastodon",
    instanceV2: atLeast(version, 4, 0) ? 200 : 404,
    ids: "snowflake",
    activity: true,
    saysLocalOnly: false,
    // Before 4.5 this was the setting "preview"; it answered 422.
    needsToken: {
      status: atLeast(version, 4, 5) ? 401 : 422,
      error: "This method requires an authenticated user",
    },
    faults: [],
  };
}
