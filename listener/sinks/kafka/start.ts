/**
 * Waits for the broker or the registry at the start, because they may still be starting themselves.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { retry, RetryTimeout } from "../../../common/retry.ts";
import { reasonOf } from "../../../kafka/connection.ts";
import type { Clock } from "../../../common/clock.ts";

/** Options of {@linkcode waitForStart}. */
export interface StartOptions {
  /** The name of the service in messages, such as `--brokers localhost:9092: Kafka`. */
  readonly what: string;
  /** The longest wait, in milliseconds. */
  readonly within: number;
  readonly clock: Clock;
  /** Called at most once, with a message that names the service for which the start waits. */
  readonly notify: (message: string) => void;
  /** Returns true for a refusal, which waiting does not change. Default: never. */
  readonly refused?: (error: unknown) => boolean;
}

/**
 * Repeats `work` once a second until it succeeds.
 *
 * @throws {Failure} if it does not succeed in time, if it is refused, or if `work` throws a Failure
 */
export async function waitForStart<T>(work: () => Promise<T>, options: StartOptions): Promise<T> {
  const { what, within, clock, notify, refused = () => false } = options;
  let notified = false;
  try {
    return await retry(work, {
      ...{ within, clock, base: 1_000, cap: 1_000, random: () => 1 },
      retryable: (error) => !(error instanceof Failure) && !refused(error),
      describe: (error) => `${what} does not answer yet (${reasonOf(error)})`,
      recovered: what,
      notify(message) {
        if (!notified) notify(message);
        notified = true;
      },
    });
  } catch (error) {
    if (error instanceof RetryTimeout) throw noAnswer(what, error.cause);
    if (!refused(error)) throw error;
    throw new Failure(
      `${what} refuses us: ${reasonOf(error)}; set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`,
      { cause: error },
    );
  }
}

function noAnswer(what: string, cause: unknown): Failure {
  const why = reasonOf(cause);
  const hint = /TLS|SSL|SASL|certificate|closed connection/i.test(why)
    ? "check KAFKA_SSL and the KAFKA_SASL_* variables"
    : "is it running? `docker compose up -d` starts one";
  return new Failure(`${what} does not answer (${why}); ${hint}`, { cause });
}
