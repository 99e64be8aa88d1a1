/**
 * Lets a sink read its topics again from the beginning.
 *
 * @module
 */
import { type Clock, sleep, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";
import { retry } from "../../common/retry.ts";
import { type Connect, ConnectRefused, ConnectUnavailable } from "./client.ts";

/** Options of {@linkcode replaySink}. */
export interface ReplayOptions {
  readonly connect: Connect;
  /** The name of the connector. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Prints a line on the terminal. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
}

/** The time in milliseconds that each step may take. Tasks usually end within a minute. */
const STEP = 180_000;
const POLL = 1_000;

/**
 * Stops the connector, deletes its committed offsets, and resumes it. All messages that the broker
 * still has are written to the lake again. The views show each post only once.
 *
 * The connector is resumed even if a step fails.
 *
 * @throws {Failure} if Connect does not answer, does not know the connector or refuses a request,
 * or if a step takes more than three minutes
 */
export async function replaySink(options: ReplayOptions): Promise<void> {
  const { connect, name, signal, say, clock = systemClock } = options;

  /**
   * Repeats `work` until it returns true. Connect answers 400 or 409 while a task is still ending.
   */
  async function step(what: string, work: () => Promise<boolean>): Promise<void> {
    const deadline = clock.monotonic() + STEP;
    let problem: unknown = new Error("the tasks have not ended");
    for (;;) {
      try {
        if (await work()) return;
      } catch (error) {
        const stillEnding = error instanceof ConnectRefused && error.status === 400;
        if (!(error instanceof ConnectUnavailable) && !stillEnding) throw error;
        problem = error;
      }
      if (clock.monotonic() >= deadline) {
        throw new Failure(`cannot ${what} '${name}': ${(problem as Error).message}`, {
          cause: problem,
        });
      }
      await sleep(clock, POLL, signal);
      if (signal.aborted) throw new Failure("stopped", { exitCode: 130 });
    }
  }

  const known = await connect.status(name).catch((error) => {
    if (error instanceof ConnectUnavailable) throw new Failure(error.message, { cause: error });
    throw error;
  });
  if (known === null) {
    throw new Failure(`Kafka Connect knows no connector '${name}'; see deno task connect register`);
  }
  say(`Stopping '${name}'`);
  try {
    await step("stop", async () => {
      await connect.stop(name);
      const status = await connect.status(name);
      return status?.connector.state === "STOPPED" && status.tasks.length === 0;
    });
    say("Deleting its offsets");
    await step("delete the offsets of", async () => {
      await connect.deleteOffsets(name);
      return true;
    });
  } finally {
    // The connector is resumed even after a stop signal, because a stopped sink would write
    // nothing.
    await resume(connect, name, clock);
  }
  say(`Resumed '${name}': it reads its topics from the beginning`);
}

async function resume(connect: Connect, name: string, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + STEP;
  await retry(() => connect.resume(name), {
    retryable: (error) => error instanceof ConnectUnavailable && clock.monotonic() < deadline,
    describe: (error) => (error as Error).message,
    recovered: "Kafka Connect answers",
    clock,
  }).catch((cause) => {
    const message = `'${name}' is stopped and cannot be resumed: ${(cause as Error).message}`;
    throw new Failure(message, { cause });
  });
}
