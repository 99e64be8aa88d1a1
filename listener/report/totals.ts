/**
 * Counts the statuses and events that each server sent, and what became of them.
 *
 * @module
 */
import type { Transport } from "../../record/record.ts";

/** The counts of one server. */
export interface ServerTotals {
  /** Records that were made. */
  toots: number;
  /** The same records, counted by transport. */
  readonly transports: Record<Transport, number>;
  /** Records without text and author, because of the author's choice. */
  withheld: number;
  /** Statuses that had been received before in the same edition. */
  duplicates: number;
  /** Boosts, which are left out. */
  boosts: number;
  /** Statuses that are neither public nor unlisted, which are left out. */
  notPublic: number;
  /** Records whose server sent an impossible time. They have the time of arrival instead. */
  oddTimes: number;
  /** Deletes that were received. */
  deletes: number;
  /** Events that could not be read. */
  deadLetters: number;
  /** Lines of a replay that are neither a status nor a delete, such as blank lines. */
  others: number;
  /** Gaps in the stream, including the one before the start. */
  gaps: number;
  /** The length of the gaps in milliseconds, as far as it is known. */
  gapMilliseconds: number;
  /** Statuses that were fetched to fill gaps. */
  filled: number;
  /**
   * The part of the gaps, in milliseconds, whose statuses could not be fetched: the server no
   * longer shows them, or the timeline could not be read back that far.
   */
  lostMilliseconds: number;
  /** When the last record was made, in milliseconds since 1970; null before the first. */
  heardAt: number | null;
  /**
   * Milliseconds from the posting to the arrival of the last streamed status; null before the
   * first.
   */
  lag: number | null;
  /**
   * When the checkpoint was last written, in milliseconds since 1970; null before the first time.
   */
  checkpointAt: number | null;
  /** Why the feed of the server has failed; null if it has not failed. */
  failure: string | null;
}

/** The counts of a sink. */
export interface SinkTotals {
  readonly name: string;
  /** The number (`seq`) of the last batch that the sink took. */
  written: number;
  /** The number (`seq`) of the last batch that would survive a power cut. */
  durable: number;
  /** Records that the sink cannot store. They are left out and become dead letters. */
  unfit: number;
}

/** All counts of a run. */
export interface Totals {
  /** The start of the run, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly servers: Map<string, ServerTotals>;
  readonly sinks: SinkTotals[];
  /** Records waiting for the sinks. */
  waiting: number;
  /** Records in batches that are not durable in all sinks yet. */
  pending: number;
}

/** Creates counts that are all zero. */
export function createTotals(startedAt: number): Totals {
  return { startedAt, servers: new Map(), sinks: [], waiting: 0, pending: 0 };
}

/** Returns the counts of a server, and creates them if they are missing. */
export function serverTotals(totals: Totals, baseURL: string): ServerTotals {
  let server = totals.servers.get(baseURL);
  if (server === undefined) {
    server = {
      ...{ toots: 0, transports: { stream: 0, poll: 0, backfill: 0, replay: 0 }, withheld: 0 },
      ...{
        duplicates: 0,
        boosts: 0,
        notPublic: 0,
        oddTimes: 0,
        deletes: 0,
        deadLetters: 0,
        others: 0,
      },
      ...{ gaps: 0, gapMilliseconds: 0, filled: 0, lostMilliseconds: 0 },
      ...{ heardAt: null, lag: null, checkpointAt: null, failure: null },
    };
    totals.servers.set(baseURL, server);
  }
  return server;
}

/** The counts that can be added up over all servers. */
export type Count =
  | "toots"
  | "withheld"
  | "duplicates"
  | "boosts"
  | "notPublic"
  | "oddTimes"
  | "deletes"
  | "deadLetters"
  | "others"
  | "gaps"
  | "gapMilliseconds"
  | "filled"
  | "lostMilliseconds";

/**
 * Returns the sum of a count over all servers.
 *
 * @example
 * ```ts
 * import { createTotals, serverTotals, sum } from "./totals.ts";
 *
 * const totals = createTotals(0);
 * serverTotals(totals, "https://bread.example").toots += 2;
 * serverTotals(totals, "https://butter.example").toots += 3;
 * if (sum(totals, "toots") !== 5) throw new Error();
 * ```
 */
export function sum(totals: Totals, count: Count): number {
  let total = 0;
  for (const server of totals.servers.values()) total += server[count];
  return total;
}
