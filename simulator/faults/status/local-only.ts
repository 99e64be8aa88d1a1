/**
 * Marks posts that must not leave their server, as glitch-soc, Hometown and GoToSocial do.
 *
 * @module
 */

/** Adds the property `local_only` to a status. */
export function sayLocalOnly(json: string, localOnly: boolean): string {
  return `${json.slice(0, -1)},"local_only":${localOnly}}`;
}
