/**
 * A failure that the person at the terminal can act on: one line that names
 * the thing and says what to do. `../lake/main.ts` prints the message and exits with
 * `exitCode`; every other error is a bug and keeps its stack trace.
 *
 * @example
 * ```ts
 * import { Failure } from "./failure.ts";
 *
 * const failure = new Failure("--limit: 'ten' is not a whole number", { exitCode: 2 });
 * if (failure.exitCode !== 2) throw new Error("a usage error exits 2");
 * ```
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** 2 for what was asked wrongly (flags, files); 1 (default) for what went wrong. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}
