/**
 * Sends failures from a worker. Only plain values can be sent, so the class is sent as a name.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { FileGone, Unreachable } from "../../store/failures.ts";

/** A failure as plain values. */
export interface SentFailure {
  readonly kind: string | null;
  readonly message: string;
  readonly exitCode: number;
}

/** The classes that callers distinguish. */
const KINDS = { FileGone, Unreachable };

/** Converts an error to plain values. */
export function sentFailure(error: unknown): SentFailure {
  const kind = Object.entries(KINDS).find(([, kind]) => error instanceof kind)?.[0] ?? null;
  const message = error instanceof Error ? error.message : String(error);
  return { kind, message, exitCode: error instanceof Failure ? error.exitCode : 1 };
}

/** Restores the failure that was sent, with its class. */
export function receivedFailure({ kind, message, exitCode }: SentFailure): Failure {
  const failure = new Failure(message, { exitCode });
  const known = Object.entries(KINDS).find(([name]) => name === kind)?.[1];
  return known ? Object.setPrototypeOf(failure, known.prototype) : failure;
}
