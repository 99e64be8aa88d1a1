/**
 * Faults of single statuses. If a status gets a fault when it is posted, it keeps the fault, so
 * that the stream and the timeline agree.
 *
 * @module
 */
import type { Sometimes } from "./lasting.ts";

/** A fault of single statuses. */
export type StatusFault =
  & (
    /** `content`, `url`, `language` and `application` are null, on every server. */
    | { kind: "nulls" }
    /**
     * The id of the status on this server is a ULID. With `count`, only the server's own statuses
     * are affected.
     */
    | { kind: "ulid" }
    /**
     * The status has this id on this server (default 99999999999999999999), with the number of
     * earlier odd ids added or appended, and padded with nines to `length` characters.
     */
    | { kind: "odd-id"; id?: string; length?: number }
    /** The status has `local_only: true`, and does not leave its server. */
    | { kind: "local-only" }
    /**
     * While the fault is active, `created_at` and `edited_at` have no time zone. The times are
     * still UTC.
     */
    | { kind: "no-zone" }
    /** `created_at` is this text, on every server. */
    | { kind: "date"; at: string }
    /** `created_at` cannot be read, and the author opts out. */
    | { kind: "unreadable" }
    /**
     * A property contains JSON with this many levels (default 10,000): objects with the key `0`, or
     * arrays.
     */
    | { kind: "deep-json"; depth?: number; arrays?: boolean }
    /** `content` consists of tags, with this many bytes (default 1 MB). */
    | { kind: "html"; shape?: "unmatched" | "nested" | "unclosed"; size?: number }
    /**
     * The status has this many hashtags (default 1,000,000): objects as in Mastodon, or bare names.
     */
    | { kind: "hashtags"; many?: number; bare?: boolean }
    /** A field has this many characters (default 1,000,000). */
    | { kind: "long-field"; field?: LongField; length?: number }
    /**
     * The display name, the app, the content warning and the text contain control characters,
     * bidirectional marks and zero-width characters.
     */
    | { kind: "characters" }
    /** Copies of other servers' statuses say that their authors opt out by `noindex`. */
    | { kind: "foreign-noindex" }
  )
  & Sometimes;

/** The fields that can be made long. */
export type LongField = "uri" | "url" | "language" | "username" | "app";

/** The kinds, each with its required settings. */
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
