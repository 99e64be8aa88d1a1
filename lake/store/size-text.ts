/**
 * Formats a number of bytes for people.
 *
 * @example
 * ```ts
 * import { sizeText } from "./size-text.ts";
 *
 * if (sizeText(999) !== "999 B" || sizeText(50_300_000) !== "50.3 MB") throw new Error();
 * ```
 *
 * @module
 */

/**
 * Formats a number of bytes with decimal prefixes (1 kB is 1,000 bytes), as on the labels of disks.
 */
export function sizeText(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = "";
  while (value >= 999.95 && units.length > 0) {
    value /= 1000;
    unit = units.shift()!;
  }
  return `${value.toFixed(1)} ${unit}`;
}
