/**
 * GoToSocial. Its ids are ULIDs with the time of posting, so posts of other servers may arrive with
 * ids below the newest one. It also has posts that are local only.
 *
 * @module
 */
import { mastodon } from "./mastodon.ts";
import type { Software } from "./software.ts";

/** Describes GoToSocial of this version. */
export function gotosocial(version = "0.20.2"): Software {
  return {
    ...mastodon("4.1.0"),
    name: "gotosocial",
    version: `${version}+git-7a5dc4b`,
    says: `${version}+git-7a5dc4b`,
    sourceURL: "https://codeberg.org/superseriousbusiness/gotosocial",
    instanceV2: 200,
    ids: "ulid",
    activity: false,
    saysLocalOnly: true,
    needsToken: { status: 401, error: "Unauthorized: token not supplied" },
    faults: [
      { kind: "local-only", share: 0.05 },
      { kind: "late", held: 5, share: 0.2 },
    ],
  };
}
