/**
 * Pixelfed, which is written in PHP. Statuses are removed from a page after it was filled, and the
 * page is then an object. `min_id` means `since_id`, and ids are snowflakes that count from 2019.
 *
 * @module
 */
import { mastodon } from "./mastodon.ts";
import type { Software } from "./software.ts";

/** Describes Pixelfed of this version. */
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
