/**
 * Listening to many servers at once.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import type { Collector } from "./collector.ts";
import type { Log } from "../report/log.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { serverTotals, type Totals } from "../report/totals.ts";

/** A server and what it tells. */
export interface Source {
  readonly baseURL: string;
  readonly events: AsyncIterable<readonly ServerEvent[]>;
}

/** What {@linkcode collect} works with. */
export interface CollectOptions {
  readonly collector: Collector;
  readonly sources: readonly Source[];
  readonly totals: Totals;
  readonly log: Log;
  /** Ends all sources. */
  readonly stop: () => void;
}

/** Exit code if no server is left to listen to. To start again at once does not help. */
const NO_SERVER = 3;

/**
 * Gives the collector what the servers tell, each at its own speed, until all
 * have ended. A server that fails for good is reported, and the others go on.
 *
 * @throws {Failure} if every server has failed (exit code 3, or that of a usage error), or a sink
 */
export async function collect(options: CollectOptions): Promise<void> {
  const { collector, sources, totals, log, stop } = options;
  const failures: Failure[] = [];

  async function follow({ baseURL, events }: Source): Promise<void> {
    let ours = false;
    try {
      for await (const burst of events) {
        ours = true;
        for (const event of burst) {
          if (collector.full) return;
          collector.take(baseURL, event);
        }
        await collector.room();
        ours = false;
      }
    } catch (error) {
      if (ours || !(error instanceof Failure)) {
        stop();
        throw error;
      }
      failures.push(error);
      serverTotals(totals, baseURL).failure = error.message;
      if (failures.length < sources.length) {
        log.warning(error.message, { event: "server-failed", server: baseURL });
      }
    }
  }

  const results = await Promise.allSettled(sources.map(follow));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  if (sources.length > 0 && failures.length === sources.length) {
    const last = failures.at(-1)!;
    if (last.exitCode !== 1) throw last;
    throw new Failure(last.message, { exitCode: NO_SERVER, cause: last });
  }
}
