/**
 * Keyed hashes of names and addresses: HMAC-SHA256 with a secret salt, which comes from a file or
 * from `MASTODON_SALT`. Without the salt nobody can find out the hashed text.
 *
 * @module
 */
import { _SHA256, sha256 } from "@noble/hashes/sha2.js";
import { Failure } from "../../common/failure.ts";
import { writeAll } from "../../common/files.ts";
import { createRecent } from "../recent.ts";

/** Every keyed hash begins with this. */
export const HASH_SCHEME = "hmac-sha256:";

/** Hashes a text; the same text and salt give the same hash. */
export type KeyedHash = (text: string) => string;

/** The shortest salt that is accepted, in bytes. */
const SHORTEST_SALT = 16;

/**
 * HMAC-SHA256 of short texts. `hmac` of `@noble/hashes` takes four times as long, mostly because it
 * creates and copies objects. This class reuses one object and its buffers. The speed matters
 * because every toot needs at least one hash.
 */
class BlockHmac extends _SHA256 {
  readonly #inner: State;
  readonly #outer: State;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  readonly #digest = new Uint8Array(64);
  readonly #digestView = new DataView(this.#digest.buffer);

  constructor(key: Uint8Array) {
    super();
    const block = new Uint8Array(64);
    block.set(key.length > 64 ? sha256(key) : key);
    const start = this.get();
    const after = (pad: number): State => {
      this.set(...start);
      this.process(new DataView(block.map((byte) => byte ^ pad).buffer), 0);
      return this.get();
    };
    this.#inner = after(0x36);
    this.#outer = after(0x5c);
    // The outer hash covers the 64-byte key block and the 32-byte digest. Its padding is always the
    // same.
    this.#digest[32] = 0x80;
    this.#digestView.setUint32(60, 96 * 8);
  }

  /** Returns the digest of a text as base64url. */
  of(text: string): string {
    if (text.length * 3 + 72 > this.#bytes.length) {
      this.#bytes = new Uint8Array(text.length * 3 + 72);
      this.#view = new DataView(this.#bytes.buffer);
    }
    const bytes = this.#bytes;
    let length = 0;
    for (; length < text.length && length < 256; length++) {
      const code = text.charCodeAt(length);
      if (code > 0x7f) break;
      bytes[length] = code;
    }
    if (length < text.length) length = encoder.encodeInto(text, bytes).written;
    const end = ((length + 8) & ~63) + 64;
    bytes.fill(0, length, end);
    bytes[length] = 0x80;
    this.#view.setUint32(end - 4, (64 + length) * 8);
    this.#begin(this.#inner);
    for (let at = 0; at < end; at += 64) this.process(this.#view, at);
    this.#put();
    this.#begin(this.#outer);
    this.process(this.#digestView, 0);
    this.#put();
    return this.#digest.subarray(0, 32).toBase64({ alphabet: "base64url", omitPadding: true });
  }

  #begin(state: State): void {
    [this.A, this.B, this.C, this.D, this.E, this.F, this.G, this.H] = state;
  }

  #put(): void {
    const view = this.#digestView;
    view.setUint32(0, this.A);
    view.setUint32(4, this.B);
    view.setUint32(8, this.C);
    view.setUint32(12, this.D);
    view.setUint32(16, this.E);
    view.setUint32(20, this.F);
    view.setUint32(24, this.G);
    view.setUint32(28, this.H);
  }
}

type State = [number, number, number, number, number, number, number, number];

const encoder = new TextEncoder();

/**
 * Creates a function that returns keyed hashes as `hmac-sha256:<base64url>`.
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
  const hmac = new BlockHmac(salt);
  return (text) => `${HASH_SCHEME}${hmac.of(text)}`;
}

/**
 * Returns a function that gives the same hashes as `hash`, with a cache for texts that are often
 * repeated, such as names of authors.
 */
export function rememberHashes(hash: KeyedHash): KeyedHash {
  const hashes = createRecent<string>(10_000);
  return (text) => {
    let known = hashes.get(text);
    if (known === undefined) hashes.set(text, known = hash(text));
    return known;
  };
}

/**
 * Reads the salt from a file. If the file is missing, it is created with permissions for its owner
 * only. With the salt, anybody can check whether a known name is in the lake. If the salt is lost,
 * new records of an author can no longer be matched with old ones.
 *
 * @param given a salt to use instead (`MASTODON_SALT`), so that listeners on several machines agree
 * @throws {Failure} if `given` is too short, if the file cannot be read or created, or if it does
 * not contain at least 16 bytes as hexadecimal digits
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
  // An empty or damaged file must not silently become another salt.
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

/**
 * Creates the file with a new salt, and returns the salt as hexadecimal digits; undefined if
 * another process was first.
 */
async function makeSalt(path: string): Promise<string | undefined> {
  // The file is written under another name and then linked, so that two listeners that start at the
  // same time use the same complete salt.
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
    throw new Failure(`Cannot create the salt "${path}": ${message(error)}`, { cause: error });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
