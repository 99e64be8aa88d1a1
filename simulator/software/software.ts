/**
 * The software of a server: all differences from Mastodon that a reader of public timelines can
 * notice.
 *
 * @module
 */
import type { Fault } from "../faults/fault.ts";
import type { IdStyle } from "../ids.ts";

/** The behaviour of a server's software. */
export interface Software {
  /** The name in nodeinfo. */
  readonly name: string;
  /** The version in nodeinfo. */
  readonly version: string;
  /** The `version` in `/api/v1/instance` and `/api/v2/instance`. */
  readonly says: string;
  /** The Mastodon version whose API the software offers. */
  readonly speaks: string;
  readonly sourceURL: string;
  /** The HTTP status of `/api/v2/instance`. */
  readonly instanceV2: 200 | 404 | 501;
  readonly ids: IdStyle;
  /**
   * The parameter of `GET /api/v1/statuses` for several statuses at once; null if the software has
   * no such parameter.
   */
  readonly several: "id[]" | "ids[]" | null;
  /** True if the software has `/api/v1/instance/activity`. */
  readonly activity: boolean;
  /** True if every status has the property `local_only`. */
  readonly saysLocalOnly: boolean;
  /** The answer to a reader without a token if the timeline needs one. */
  readonly needsToken: { readonly status: number; readonly error: string };
  /** The ways in which the software always differs from Mastodon. */
  readonly faults: readonly Fault[];
}

/** Returns true if `version` is at least `major.minor`. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const [theirMajor = 0, theirMinor = 0] = version.split(".").map((part) => parseInt(part) || 0);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
}
