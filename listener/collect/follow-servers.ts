/**
 * Listens to many servers at once.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import type { Collector } from "./collector.ts";
import type { Log } from "../report/log.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { serverTotals, type Totals } from "../report/totals.ts";

/** A server and its events. */
export interface Source {
  readonly baseURL: string;
  readonly events: AsyncIterable<readonly ServerEvent[]>;
}

/** Options of {@linkcode collect}. */
export interface CollectOptions {
  readonly collector: Collector;
  readonly sources: readonly Source[];
  readonly totals: Totals;
  readonly log: Log;
  /** Ends all feeds. */
  readonly stop: () => void;
}

/**
 * The exit code if every server has failed. It differs from 1, because an immediate restart would
 * not help.
 */
const NO_SERVER = 3;

/**
 * Passes the events of all servers to the collector, each server at its own speed, until all feeds
 * have ended. If the feed of one server fails, that is reported, and the others go on.
 *
 * @throws {Failure} if every server has failed. The exit code is 3, or 2 if the feed that failed
 * last had a usage error. If that feed failed with a bug, the error of the bug is thrown instead
 * @throws the error of a sink or a file that failed
 */
export async function collect(options: CollectOptions): Promise<void> {
  const { collector, sources, totals, log, stop } = options;
  const failures: unknown[] = [];

  /**
   * Passes a burst of events to the collector. Returns false if the collector takes no more events.
   * An error here comes from a sink or a file, and ends the run.
   */
  async function take(baseURL: string, burst: readonly ServerEvent[]): Promise<boolean> {
    try {
      for (const event of burst) {
        if (collector.full) return false;
        collector.take(baseURL, event);
      }
      await collector.room();
      return true;
    } catch (error) {
      stop();
      throw new OwnFailure(error);
    }
  }

  async function follow({ baseURL, events }: Source): Promise<void> {
    try {
      for await (const burst of events) if (!await take(baseURL, burst)) return;
    } catch (error) {
      if (error instanceof OwnFailure) throw error.cause;
      failures.push(error);
      const { message } = error as Error;
      serverTotals(totals, baseURL).failure = message;
      if (failures.length === sources.length) return;
      // An error that is not a `Failure` is a bug, so its stack is logged. The other servers go on
      // in either case.
      const expected = error instanceof Failure;
      const text = expected ? message : `${baseURL}: its feed has failed (${message})`;
      const stack = expected ? {} : { stack: (error as Error).stack };
      log.warning(text, { event: "server-failed", server: baseURL, ...stack });
    }
  }

  const results = await Promise.allSettled(sources.map(follow));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (sources.length > 0 && failures.length === sources.length) {
    const last = failures.at(-1)!;
    if (!(last instanceof Failure) || last.exitCode !== 1) throw last;
    throw new Failure(last.message, { exitCode: NO_SERVER, cause: last });
  }
}

/** Distinguishes errors of sinks and files from errors of a feed. */
class OwnFailure extends Error {
  constructor(cause: unknown) {
    super("a sink has failed", { cause });
  }
}
