/**
 * The few fields of a status that a feed reads. All other fields are read when the record is made.
 *
 * @module
 */
import { ID_LENGTH } from "../limits.ts";
import { wholeString } from "../toot/fields.ts";
import { millisecondsOf } from "../toot/time.ts";

interface Fields {
  id?: unknown;
  created_at?: unknown;
  edited_at?: unknown;
}

/**
 * Returns the local id of a status as well-formed text, as in its record. (Mastodon 1 sent
 * numbers.) Null if the status has no id, or if the id is longer than any real id.
 */
export function idOf(status: unknown): string | null {
  const id = (status as Fields | null)?.id;
  // An id must be well-formed, because half a surrogate pair cannot be part of an address.
  if (typeof id === "string") return wholeString(id, ID_LENGTH);
  return typeof id === "number" ? String(id) : null;
}

/** Returns the time of posting, in milliseconds since 1970; null if it cannot be read. */
export function timeOf(status: unknown): number | null {
  return millisecondsOf((status as Fields | null)?.created_at);
}

/** Returns the time of the latest edit, in milliseconds since 1970; 0 if there was no edit. */
export function editedOf(status: unknown): number {
  return millisecondsOf((status as Fields | null)?.edited_at) ?? 0;
}
