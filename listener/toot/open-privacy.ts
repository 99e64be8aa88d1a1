/**
 * Prepares consent and hashing for a run.
 *
 * @module
 */
import { join } from "node:path";
import { type Consent } from "./consent.ts";
import { keyedHash, readSalt, rememberHashes } from "./hash.ts";
import { openOptOuts, type OptOutFileOptions } from "./opt-out-file.ts";
import { createOriginSizes } from "./origin.ts";
import type { Privacy } from "./toot.ts";

/** Options of {@linkcode openPrivacy}. */
export interface PrivacyOptions {
  readonly consent: Consent;
  readonly hashAuthors: boolean;
  /** The folder of the salt and of the known opt-outs. */
  readonly data: string;
}

/**
 * Reads or creates the salt, and reads the opt-outs that earlier runs have found.
 *
 * @param file options of the file of opt-outs: whether it is written, and where failures and new
 * opt-outs are reported
 * @throws {Failure} if the salt cannot be read or created, or the opt-outs cannot be read
 */
export async function openPrivacy(
  { consent, hashAuthors, data }: PrivacyOptions,
  file: Pick<OptOutFileOptions, "write" | "warn" | "onNew">,
): Promise<Privacy> {
  const hash = keyedHash(await readSalt(join(data, "salt"), Deno.env.get("MASTODON_SALT")));
  const memory = {
    optOuts: openOptOuts(join(data, "opt-outs.txt"), file),
    origins: createOriginSizes(),
  };
  return { consent, hashAuthors, hash, hashAuthor: rememberHashes(hash), ...memory };
}
