/**
 * Waiting, for a while, for something that may still be starting.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { reasonOf } from "../../../kafka/connection.ts";
import { type Clock, sleep } from "../../../common/clock.ts";

/** What {@linkcode eventually} is told. */
export interface Patience {
  /** What is waited for: `--brokers localhost:9092: Kafka`. */
  readonly what: string;
  /** Milliseconds. */
  readonly within: number;
  readonly clock: Clock;
  /** Told once that it is waited for. */
  readonly notify: (message: string) => void;
  /** True for an error that waiting does not mend. Default: none. */
  readonly hopeless?: (error: unknown) => boolean;
}

/** Milliseconds between two tries. */
const BETWEEN = 1_000;

/**
 * Does `work` again and again until it succeeds.
 *
 * @throws {Failure} where it does not in time; what it throws as one goes through at once
 */
export async function eventually<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { what, within, clock, notify, hopeless = () => false } = patience;
  const late = new AbortController();
  const cancel = clock.after(within, () => late.abort());
  const tooLate = Promise.withResolvers<never>();
  tooLate.promise.catch(() => {});
  late.signal.addEventListener("abort", () => tooLate.reject(new Error("no answer")));
  let reason: unknown = null;
  try {
    for (let tries = 1; !late.signal.aborted; tries++) {
      try {
        return await Promise.race([work(), tooLate.promise]);
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (hopeless(error)) {
          throw new Failure(
            `${what} refuses us: ${reasonOf(error)}; KAFKA_SASL_* says who we are`,
            {
              cause: error,
            },
          );
        }
        if (!late.signal.aborted || reason === null) reason = error;
        if (tries === 1 && !late.signal.aborted) {
          notify(`${what} does not answer yet (${reasonOf(error)}); waiting`);
        }
      }
      await sleep(clock, BETWEEN, late.signal);
    }
  } finally {
    cancel();
  }
  const why = reasonOf(reason);
  const hint = /TLS|SSL|SASL|certificate|closed connection/i.test(why)
    ? "KAFKA_SSL and KAFKA_SASL_* say how to be let in"
    : "is it running? docker compose up -d starts one";
  throw new Failure(`${what} does not answer (${why}); ${hint}`, { cause: reason });
}
