/**
 * Sends a connector's configuration to Kafka Connect, and watches its tasks.
 *
 * @module
 */
import { type Clock, sleep, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";
import { retry } from "../../common/retry.ts";
import { type Connect, type ConnectorConfig, ConnectUnavailable } from "./client.ts";
import { type Health, healthOf } from "./tasks.ts";

/** What {@linkcode register} is told. */
export interface RegisterOptions {
  readonly connect: Connect;
  /** Name of the connector. */
  readonly name: string;
  readonly config: ConnectorConfig;
  /** Goes on watching after the tasks have started, until the signal is aborted. */
  readonly watch: boolean;
  readonly signal: AbortSignal;
  /** Takes a line for the terminal. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
}

/** Milliseconds that Connect may take to answer: a worker starts in about a minute. */
const CONNECT_STARTS = 10 * 60_000;
/** Milliseconds that the tasks may take until all of them run. */
const TASKS_START = 120_000;
/** Milliseconds that all tasks must run before the sink counts as started. */
const STEADY = 20_000;
/** Milliseconds until the status no longer shows tasks that are being replaced. */
const SETTLE = 5_000;
/** Milliseconds between two looks at the tasks, while they start and later. */
const POLL = 2_000;
const WATCH = 10_000;

/**
 * Sends the configuration if Connect has another one, restarts tasks that have
 * failed, and waits until all tasks have run for 20 seconds.
 *
 * @throws {Failure} if Connect does not answer within ten minutes, if the tasks do not start, or as
 * soon as one has failed; the message names the task and the cause
 */
export async function register(options: RegisterOptions): Promise<void> {
  const { connect, name, config, watch, signal, say, clock = systemClock } = options;
  const sent = await untilAnswered(options, clock, async () => {
    const known = await connect.config(name);
    if (known !== null && sameConfig(known, { name, ...config })) return "nothing";
    await connect.configure(name, config);
    return known === null ? "new" : "changed";
  });
  say(
    sent === "nothing" ? `'${name}' is configured already` : `Sent the configuration of '${name}'`,
  );
  const restart = sent === "nothing" && (await health(options)).kind === "failed";
  if (restart) {
    say("Restarting the tasks that have failed");
    await untilAnswered(options, clock, () => connect.restartFailed(name));
  }
  // The status still shows the former tasks for a moment.
  if (restart || sent === "changed") await sleep(clock, SETTLE, signal);

  const begun = clock.monotonic();
  let runningSince: number | null = null, started = false;
  while (!signal.aborted) {
    const now = await health(options);
    if (now.kind === "failed") throw new Failure(now.reason);
    if (now.kind !== "running") runningSince = null;
    else runningSince ??= clock.monotonic();
    if (!started) {
      if (runningSince !== null && clock.monotonic() - runningSince >= STEADY) {
        started = true;
        say(`'${name}' runs: ${(now as { tasks: number }).tasks} task(s)`);
        if (!watch) return;
      } else if (runningSince === null && clock.monotonic() - begun >= TASKS_START) {
        throw new Failure(`after ${TASKS_START / 1000} s: ${(now as { reason: string }).reason}`);
      }
    }
    await sleep(clock, started ? WATCH : POLL, signal);
  }
}

/** The health of the connector; one that cannot be asked is waiting. */
async function health({ connect, name }: RegisterOptions): Promise<Health> {
  try {
    return healthOf(name, await connect.status(name));
  } catch (error) {
    if (!(error instanceof ConnectUnavailable)) throw error;
    return { kind: "waiting", reason: error.message };
  }
}

/**
 * Repeats `work` while Connect cannot answer, for at most ten minutes.
 *
 * @throws {Failure} if it still cannot
 */
async function untilAnswered<T>(
  { signal, say }: RegisterOptions,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = clock.monotonic() + CONNECT_STARTS;
  const unavailable = (error: unknown) => error instanceof ConnectUnavailable;
  try {
    return await retry(work, {
      retryable: (error) => unavailable(error) && clock.monotonic() < deadline,
      describe: (error) => (error as Error).message,
      recovered: "Kafka Connect answers",
      notify: say,
      base: 2_000,
      cap: 10_000,
      signal,
      clock,
    });
  } catch (error) {
    if (!unavailable(error) || signal.aborted) throw error;
    const minutes = CONNECT_STARTS / 60_000;
    throw new Failure(`${(error as Error).message}, for ${minutes} minutes`, { cause: error });
  }
}

function sameConfig(a: ConnectorConfig, b: ConnectorConfig): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
