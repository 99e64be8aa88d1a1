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

/** Options of {@linkcode register}. */
export interface RegisterOptions {
  readonly connect: Connect;
  /** The name of the connector. */
  readonly name: string;
  readonly config: ConnectorConfig;
  /** True to go on watching after the tasks have started, until the signal is aborted. */
  readonly watch: boolean;
  readonly signal: AbortSignal;
  /** Prints a line on the terminal. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
}

/** The time in milliseconds that Connect may take to answer. A worker starts in about a minute. */
const CONNECT_STARTS = 10 * 60_000;
/** The time in milliseconds that the tasks may take to start. */
const TASKS_START = 120_000;
/** The sink counts as started when all tasks have run for this many milliseconds. */
const STEADY = 20_000;
/** After a change, the status may show the old tasks for this many milliseconds. */
const SETTLE = 5_000;
/**
 * The time in milliseconds between two checks of the tasks: `POLL` while they start, `WATCH` later.
 */
const POLL = 2_000;
const WATCH = 10_000;

/**
 * Sends the configuration. If Connect has the same one already, restarts failed tasks instead.
 * Waits until all tasks have run for 20 seconds.
 *
 * @throws {Failure} if Connect does not answer within ten minutes, if the tasks do not run within
 * two minutes, or as soon as a task has failed; the message names the task and the cause
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
  // For a moment the status still shows the old tasks.
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

/**
 * Returns the health of the connector. If Connect does not answer, the connector counts as waiting.
 */
async function health({ connect, name }: RegisterOptions): Promise<Health> {
  try {
    return healthOf(name, await connect.status(name));
  } catch (error) {
    if (!(error instanceof ConnectUnavailable)) throw error;
    return { kind: "waiting", reason: error.message };
  }
}

/**
 * Repeats `work` while Connect does not answer, for at most ten minutes.
 *
 * @throws {Failure} if Connect does not answer within that time
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
    throw new Failure(`after ${minutes} minutes: ${(error as Error).message}`, { cause: error });
  }
}

function sameConfig(a: ConnectorConfig, b: ConnectorConfig): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
