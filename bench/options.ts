/**
 * Reads the flags of a benchmark. A wrong flag is reported in one line, with exit code 2.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Returns the values of the flags, as `parseArgs` does. Ends the program if a flag is wrong. */
export function benchOptions<const T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>>["values"] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    return fail((error as Error).message.replace(/\.?\s*(To specify|Did you forget).*$/s, ""));
  }
}

/** Reads a whole number of at least `least`. Ends the program if the flag has another value. */
export function wholeFlag(name: string, text: string, least = 0): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  return fail(`--${name}: expected a whole number from ${least}, got '${text}'`);
}

/** Checks that each value is one of `choices`. Ends the program if one is not. */
export function choicesFlag<T extends string>(
  name: string,
  texts: readonly string[],
  choices: readonly T[],
): T[] {
  return texts.map((text) =>
    choices.find((choice) => choice === text) ??
      fail(`--${name}: expected one of ${choices.join(", ")}, got '${text}'`)
  );
}

function fail(message: string): never {
  console.error(`bench: ${message}`);
  Deno.exit(2);
}
