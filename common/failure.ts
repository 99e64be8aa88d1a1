/**
 * A failure that the user can fix. Its message is one line that names the flag, file or service and
 * says what to do. The commands print the message and exit with `exitCode`. Every other error is a
 * bug and keeps its stack trace.
 *
 * @example
 * ```ts
 * import { Failure } from "./failure.ts";
 *
 * const failure = new Failure("--limit: expected a whole number, got 'ten'", { exitCode: 2 });
 * if (failure.exitCode !== 2) throw new Error("a usage error exits with 2");
 * ```
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** The exit code: 2 for a usage error (flags, paths), 1 (default) for most other failures. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * Returns the first line of an error's message. Further lines, for example of DuckDB's errors, do
 * not help users.
 *
 * @example
 * ```ts
 * import { firstLine } from "./failure.ts";
 *
 * if (firstLine(new Error("no such table\nLINE 1: …")) !== "no such table") throw new Error();
 * ```
 */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}
