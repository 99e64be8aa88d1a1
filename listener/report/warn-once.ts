/**
 * Reports a lasting problem once.
 *
 * @module
 */

/**
 * Creates a function that passes on only its first warning to `warn`.
 *
 * @example
 * ```ts
 * import { warnOnce } from "./warn-once.ts";
 *
 * const warnings: string[] = [];
 * const warn = warnOnce((message) => warnings.push(message));
 * warn("the disk is full");
 * warn("the disk is full");
 * if (warnings.length !== 1) throw new Error();
 * ```
 */
export function warnOnce(warn: (message: string) => void): (message: string) => void {
  let warned = false;
  return (message) => {
    if (!warned) warn(message);
    warned = true;
  };
}
