/**
 * The software that servers can run, by name.
 *
 * @module
 */
import { glitch } from "./glitch.ts";
import { gotosocial } from "./gotosocial.ts";
import { mastodon } from "./mastodon.ts";
import { pixelfed } from "./pixelfed.ts";
import { akkoma, pleroma } from "./pleroma.ts";
import type { Software } from "./software.ts";

const ALL: Readonly<Record<string, (version?: string) => Software>> = {
  mastodon,
  glitch,
  gotosocial,
  pleroma,
  akkoma,
  pixelfed,
};

/** The names, for messages and help. */
export const SOFTWARE_NAMES: readonly string[] = Object.keys(ALL);

/**
 * Finds software by its name. A version may follow after `@`.
 *
 * @example
 * ```ts
 * import { findSoftware } from "./all.ts";
 *
 * if (findSoftware("mastodon@4.1.22").speaks !== "4.1.22") throw new Error();
 * if (findSoftware("akkoma").instanceV2 !== 404) throw new Error();
 * ```
 *
 * @throws {RangeError} for an unknown name, or a version that does not begin with two numbers
 */
export function findSoftware(text: string): Software {
  const [name, version, ...rest] = text.split("@");
  const make = Object.hasOwn(ALL, name!) ? ALL[name!]! : undefined;
  if (make === undefined || rest.length > 0) {
    throw new RangeError(`expected ${SOFTWARE_NAMES.join(", ")}, got "${text}"`);
  }
  if (version !== undefined && !/^\d+\.\d+/.test(version)) {
    throw new RangeError(`expected a version such as 4.5.3, got "${version}"`);
  }
  return make(version);
}
