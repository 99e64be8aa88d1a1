/**
 * Names that nobody can read back: HMAC-SHA256 with a salt that stays beside
 * the lake.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Failure } from "../../common/failure.ts";
import { writeAll } from "../../common/files.ts";

/** Gives the same name for the same text and salt, and nothing away. */
export type KeyedHash = (text: string) => string;

/** The shortest salt that is taken, in bytes. */
const SHORTEST_SALT = 16;

/**
 * A keyed hash as `hmac-sha256:<base64url>`.
 *
 * @example
 * ```ts
 * import { keyedHash } from "./hash.ts";
 *
 * const hash = keyedHash(new Uint8Array(32));
 * if (hash("a") !== hash("a") || hash("a") === hash("b")) throw new Error();
 * if (!/^hmac-sha256:[\w-]{43}$/.test(hash("a"))) throw new Error();
 * ```
 */
export function keyedHash(salt: Uint8Array): KeyedHash {
  // The key's two blocks are worked in once. node:crypto takes three times as long under Deno, and
  // Web Crypto would make a promise of every toot.
  const keyed = hmac.create(sha256, salt);
  const encoder = new TextEncoder();
  return (text) => {
    const digest = keyed.clone().update(encoder.encode(text)).digest();
    return `hmac-sha256:${digest.toBase64({ alphabet: "base64url", omitPadding: true })}`;
  };
}

/**
 * Reads the salt from a file, or makes the file where there is none, readable
 * by its owner only. Whoever has it can find out whether a known name is in the
 * lake; whoever loses it can no longer tell that two records have one author.
 *
 * @param given a salt to use instead (`MASTODON_SALT`), so that listeners on several machines agree
 * @throws {Failure} where the salt is too short, or the file cannot be read or made
 */
export async function readSalt(path: string, given?: string): Promise<Uint8Array> {
  if (given !== undefined && given !== "") {
    const salt = new TextEncoder().encode(given);
    if (salt.length < SHORTEST_SALT) {
      throw new Failure(`MASTODON_SALT: shorter than ${SHORTEST_SALT} bytes`, { exitCode: 2 });
    }
    return salt;
  }
  const text = await readText(path) ?? await makeSalt(path) ?? await readText(path);
  // A salt that somebody cut short must not become another one in silence.
  if (text === undefined || !/^(?:[0-9a-f]{2}){16,}$/.test(text)) {
    throw new Failure(`The salt "${path}" is not 16 or more bytes as hexadecimal digits`);
  }
  return Uint8Array.fromHex(text);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Failure(`Cannot read the salt "${path}": ${message(error)}`, { cause: error });
  }
}

/** Gives nothing where somebody else was faster. */
async function makeSalt(path: string): Promise<string | undefined> {
  // Written beside and linked, so that two listeners that start at once agree on one whole salt.
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    const text = crypto.getRandomValues(new Uint8Array(32)).toHex();
    const file = await Deno.open(draft, { write: true, createNew: true, mode: 0o600 });
    try {
      await writeAll(file, new TextEncoder().encode(`${text}\n`));
      await file.syncData();
      await Deno.link(draft, path);
    } finally {
      file.close();
      await Deno.remove(draft);
    }
    return text;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw new Failure(`Cannot make the salt "${path}": ${message(error)}`, { cause: error });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
