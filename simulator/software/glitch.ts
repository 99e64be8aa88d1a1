/**
 * glitch-soc, a Mastodon with posts that do not leave their server.
 *
 * @module
 */
import { mastodon } from "./mastodon.ts";
import type { Software } from "./software.ts";

/** Describes glitch-soc on top of this Mastodon version. One post in ten is local only. */
export function glitch(version = "4.5.3"): Software {
  return {
    ...mastodon(version),
    says: `${version}+glitch`,
    version: `${version}+glitch`,
    sourceURL: "https://github.com/glitch-soc/mastodon",
    saysLocalOnly: true,
    faults: [{ kind: "local-only", share: 0.1 }],
  };
}
