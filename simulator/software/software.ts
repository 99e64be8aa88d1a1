/**
 * The software of a server: everything in which it differs from Mastodon for a
 * reader of public timelines.
 *
 * @module
 */
import type { Fault } from "../faults/fault.ts";
import type { IdStyle } from "../ids.ts";

/** How a server behaves. */
export interface Software {
  /** Its name in nodeinfo. */
  readonly name: string;
  /** Its own version, in nodeinfo. */
  readonly version: string;
  /** What `/api/v1/instance` and `/api/v2/instance` say as `version`. */
  readonly says: string;
  /** The Mastodon version whose API it speaks. */
  readonly speaks: string;
  readonly sourceURL: string;
  /** What `/api/v2/instance` answers. */
  readonly instanceV2: 200 | 404 | 501;
  readonly ids: IdStyle;
  /** True if it has `/api/v1/instance/activity`. */
  readonly activity: boolean;
  /** True if every status says whether it is `local_only`. */
  readonly saysLocalOnly: boolean;
  /** How it answers a reader without a token if the timeline needs one. */
  readonly needsToken: { readonly status: number; readonly error: string };
  /** The ways in which it always differs from Mastodon. */
  readonly faults: readonly Fault[];
}

/** True if `version` is at least `major.minor`. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const [theirMajor = 0, theirMinor = 0] = version.split(".").map((part) => parseInt(part) || 0);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
}
