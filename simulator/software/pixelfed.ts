/**
 * Pixelfed, which is written in PHP. It removes some statuses from a full page, and writes the rest
 * of the page as an object. `min_id` means `since_id`, and ids are snowflakes that count from 2019.
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
      // Pixelfed has no streaming.
      { kind: "http", status: 404, on: "stream", body: "html" },
    ],
  };
}
