/**
 * Pixelfed, written in PHP: pages are filtered after they were counted and come as
 * objects, `min_id` means `since_id`, and ids are snowflakes of another epoch.
 *
 * @module
 */
import { mastodon } from "./mastodon.ts";
import type { Software } from "./software.ts";

/** Pixelfed of this version. */
export function pixelfed(version = "0.12.6"): Software {
  return {
    ...mastodon("4.2.0"),
    name: "pixelfed",
    version,
    says: `3.5.3 (compatible; Pixelfed ${version})`,
    sourceURL: "https://github.com/pixelfed/pixelfed",
    ids: "pixelfed",
    activity: false,
    needsToken: { status: 403, error: "Unauthenticated." },
    faults: [
      { kind: "short-pages", most: 33 },
      { kind: "object-pages" },
      { kind: "min-id", as: "since" },
      // It has no streaming at all.
      { kind: "http", status: 404, on: "stream", body: "html" },
    ],
  };
}
