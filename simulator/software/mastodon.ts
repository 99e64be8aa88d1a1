/**
 * Mastodon itself, of any version. Before 4.5 it has no `timelines_access`, before 4.2 everybody
 * may stream, and before 4.0 it has no `/api/v2/instance`.
 *
 * @module
 */
import { atLeast, type Software } from "./software.ts";

/** Describes Mastodon of this version, such as `4.5.3`. */
export function mastodon(version = "4.5.3"): Software {
  return {
    name: "mastodon",
    version,
    says: version,
    speaks: version,
    sourceURL: "https://github.com/mastodon/mastodon",
    instanceV2: atLeast(version, 4, 0) ? 200 : 404,
    ids: "snowflake",
    several: atLeast(version, 4, 3) ? "id[]" : null,
    activity: true,
    saysLocalOnly: false,
    // Before 4.5, Mastodon answers 422.
    needsToken: {
      status: atLeast(version, 4, 5) ? 401 : 422,
      error: "This method requires an authenticated user",
    },
    faults: [],
  };
}
