/**
 * Pleroma and its fork Akkoma. They have flake ids and no `/api/v2/instance`, return several
 * statuses for `ids[]`, and read the token of a stream only from the query or the subprotocol. They
 * also send empty frames; add the fault `empty-frame` for these.
 *
 * @module
 */
import { mastodon } from "./mastodon.ts";
import type { Software } from "./software.ts";

/** Describes Pleroma of this version. */
export function pleroma(version = "2.5.5", name: "Pleroma" | "Akkoma" = "Pleroma"): Software {
  return {
    ...mastodon("4.2.0"),
    name: name.toLowerCase(),
    version,
    says: `2.7.2 (compatible; ${name} ${version})`,
    sourceURL: `https://git.pleroma.social/pleroma/pleroma`,
    instanceV2: 404,
    ids: "flake",
    several: "ids[]",
    activity: false,
    needsToken: { status: 403, error: "authorization required for timeline view" },
    faults: [{ kind: "token-elsewhere" }],
  };
}

/** Describes Akkoma of this version. */
export function akkoma(version = "3.13.2"): Software {
  return {
    ...pleroma(version, "Akkoma"),
    sourceURL: "https://akkoma.dev/AkkomaGang/akkoma",
  };
}
