/**
 * Faults of single statuses. A status that had one when it was posted keeps it, so
 * that the stream and the timeline agree.
 *
 * @module
 */
import type { Sometimes } from "./lasting.ts";

/** What is done to statuses as they are posted. */
export type StatusFault =
  & (
    /** Null `content`, `url`, `language` and `application`, on every server. */
    | { kind: "nulls" }
    /** The status has a ULID for an id here; with `count`, only the server's own statuses. */
    | { kind: "ulid" }
    /** The status has this id here (default 99999999999999999999), or one of this length. */
    | { kind: "odd-id"; id?: string; length?: number }
    /** `local_only: true`, and the status does not leave its server. */
    | { kind: "local-only" }
    /** While it lasts, `created_at` and `edited_at` have no time zone. They are UTC. */
    | { kind: "no-zone" }
    /** `created_at` is this text, on every server. */
    | { kind: "date"; at: string }
    /** `created_at` cannot be read, and the author opts out. */
    | { kind: "unreadable" }
    /** A property holds JSON nested this deep (default 10,000): objects with the key `0`, or arrays. */
    | { kind: "deep-json"; depth?: number; arrays?: boolean }
    /** `content` is this many bytes of tags (default 1 MB). */
    | { kind: "html"; shape?: "unmatched" | "nested" | "unclosed"; size?: number }
    /** This many hashtags (default 1,000,000); the objects Mastodon writes, or bare names. */
    | { kind: "hashtags"; many?: number; bare?: boolean }
    /** A field has this many characters (default 1,000,000). */
    | { kind: "long-field"; field?: LongField; length?: number }
    /** Control, bidirectional and zero-width characters in names, app and text. */
    | { kind: "characters" }
    /** Copies of other servers' statuses say that their authors opt out by `noindex`. */
    | { kind: "foreign-noindex" }
  )
  & Sometimes;

/** The fields that can be made long. */
export type LongField = "uri" | "url" | "language" | "username" | "app";

/** The kinds, each with the settings it needs. */
export const STATUSES: Readonly<Record<StatusFault["kind"], readonly string[]>> = {
  "nulls": [],
  "ulid": [],
  "odd-id": [],
  "local-only": [],
  "no-zone": [],
  "date": ["at"],
  "unreadable": [],
  "deep-json": [],
  "html": [],
  "hashtags": [],
  "long-field": [],
  "characters": [],
  "foreign-noindex": [],
};
