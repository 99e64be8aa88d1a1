/**
 * Command lines: turns usage errors into one line, and reads the values of flags and environment
 * variables.
 *
 * @module
 */
import { CommanderError, InvalidArgumentError } from "commander";
import type { Env } from "./env.ts";
import { Failure } from "./failure.ts";

/** Creates a usage error, with exit code 2. */
export function usageError(message: string, cause?: unknown): Failure {
  return new Failure(message, { exitCode: 2, cause });
}

/**
 * Turns an error of commander into one line that names the flag and the value: `option '--limit
 * <n>' argument 'x' is invalid. expected …` becomes `--limit: expected …, got 'x'`.
 *
 * @param secret flags whose values are never repeated in a message
 *
 * @example
 * ```ts
 * import { CommanderError } from "commander";
 * import { describeUsageError } from "./command-line.ts";
 *
 * const text = "error: option '--limit <n>' argument 'x' is invalid. expected a number";
 * const { message } = describeUsageError(new CommanderError(1, "commander.x", text));
 * if (message !== "--limit: expected a number, got 'x'") throw new Error(message);
 * ```
 */
export function describeUsageError(
  error: CommanderError,
  secret: readonly string[] = [],
): Failure {
  const message = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ")
    .replace(
      /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)$/s,
      (_, flag, value, problem) =>
        secret.includes(flag) ? `${flag}: ${problem}` : invalidValue(flag, value, problem),
    )
    .replace(/^option '(--[\w-]+) ([^']*)' argument missing$/, "$1: expected a value, $2")
    .replace(/^unknown option '([^']*)'/, "$1: unknown option")
    .replace(/^unknown command '([^']*)'/, "'$1': unknown command")
    .replace(
      /^too many arguments.* Expected (\d+) arguments? but got \d+: (.*)\.$/,
      "unexpected argument '$2'",
    )
    .replace(/^missing required argument '([^']*)'$/, "expected <$1>");
  return usageError(message, error);
}

/**
 * Formats a message such as `--limit: expected a whole number, got 'ten'`. A problem in commander's
 * form `Allowed choices are a, b.` becomes `expected a or b`. If a problem does not start with
 * `expected`, the value is not repeated, because it may contain a secret.
 */
export function invalidValue(name: string, value: string, problem: string): string {
  const [, choices] = /^Allowed choices are (.*)\.$/.exec(problem) ?? [];
  const text = choices === undefined ? problem : `expected ${listOf(choices.split(", "))}`;
  return text.startsWith("expected") ? `${name}: ${text}, got '${value}'` : `${name}: ${text}`;
}

const listOf = (choices: string[]) =>
  new Intl.ListFormat("en-GB", { type: "disjunction" }).format(choices);

/**
 * Creates a parser for whole numbers from `least` to `most`, both included.
 *
 * @throws {InvalidArgumentError} in the parser, for any other text
 */
export function parseWhole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}

/**
 * Checks the name of a topic by Kafka's rules. The limit is 230 characters, not Kafka's 249,
 * because the topics of deletes and coverage have the same name with a few more characters.
 *
 * @throws {InvalidArgumentError} for any other text
 */
export function parseTopic(text: string): string {
  if (!/^[\w.-]{1,230}$/.test(text) || /^\.{1,2}$/.test(text)) {
    throw new InvalidArgumentError(
      "expected a topic of 1 to 230 letters, digits, '.', '_' and '-'",
    );
  }
  return text;
}

/**
 * Reads an amount of memory for DuckDB, such as `500MB` or `2GB`.
 *
 * @throws {InvalidArgumentError} for every other value
 */
export function parseMemory(text: string): string {
  if (/^\d+(\.\d+)? ?[KMG]i?B$/i.test(text)) return text;
  throw new InvalidArgumentError("expected a size such as 500MB or 2GB");
}

/**
 * Reads the value of a flag from an environment variable.
 *
 * @param fallback the text that is read if the variable is not set or empty
 * @throws {Failure} with exit code 2 if the value is invalid; the message names the variable
 */
export function envValue<T>(
  env: Env,
  name: string,
  parse: (text: string) => T,
  fallback: string,
): T {
  const text = env(name)?.trim() || fallback;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw usageError(invalidValue(name, text, error.message), error);
  }
}

/**
 * Returns what a command prints after an error, and its exit code. A failure that the user can fix,
 * such as a missing permission, is one line. Every other error is a bug and keeps its stack trace.
 *
 * @param command the name of the command, for the start of the line
 *
 * @example
 * ```ts
 * import { endOf } from "./command-line.ts";
 * import { Failure } from "./failure.ts";
 *
 * const { output, exitCode } = endOf("lake", new Failure("no such folder", { exitCode: 2 }));
 * if (output !== "lake: no such folder" || exitCode !== 2) throw new Error();
 * ```
 */
export function endOf(command: string, error: unknown): { output: unknown; exitCode: number } {
  if (error instanceof Failure) {
    return { output: `${command}: ${error.message}`, exitCode: error.exitCode };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { output: `${command}: ${error.message}`, exitCode: 1 };
  }
  return { output: error, exitCode: 1 };
}
