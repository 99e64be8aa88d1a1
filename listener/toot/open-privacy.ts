/**
 * Prepares consent and hashing for a run.
 *
 * @module
 */
import { join } from "node:path";
import { type Consent } from "./consent.ts";
import { keyedHash, readSalt, rememberHashes } from "./hash.ts";
import { createOptOuts } from "./known-opt-outs.ts";
import { createOriginSizes } from "./origin.ts";
import type { Privacy } from "./toot.ts";

/**
 * Reads or creates the salt, and starts with empty lists of opt-outs and servers.
 *
 * @param data the folder of the salt
 * @throws {Failure} if the salt cannot be read or created
 */
export async function openPrivacy(
  { consent, hashAuthors, data }: { consent: Consent; hashAuthors: boolean; data: string },
): Promise<Privacy> {
  const hash = keyedHash(await readSalt(join(data, "salt"), Deno.env.get("MASTODON_SALT")));
  const memory = { optOuts: createOptOuts(), origins: createOriginSizes() };
  return { consent, hashAuthors, hash, hashAuthor: rememberHashes(hash), ...memory };
}
