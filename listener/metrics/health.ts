/**
 * Checks the servers and sinks, and names the problems.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import type { Totals } from "../report/totals.ts";

/** Options of {@linkcode createHealth}. */
export interface HealthOptions {
  readonly totals: Totals;
  readonly clock: Pick<Clock, "now">;
  /**
   * Returns when a server last showed a sign of life, in milliseconds since 1970; null for an
   * unknown server.
   */
  readonly lastContact: (baseURL: string) => number | null;
  /** Returns why a sink cannot write, by the sink's name; null if it has not reported a reason. */
  readonly sinkTrouble: (name: string) => string | null;
  /**
   * A server is a problem after this many milliseconds without a sign of life, a sink after this
   * many without progress.
   */
  readonly patience: number;
  /**
   * A sink may be without progress for this many milliseconds more, because it collects records
   * before it stores them.
   */
  readonly collecting: number;
}

/** Watches servers and sinks. */
export interface Health {
  /** Checks now. Returns one reason per problem; an empty list if all is well. */
  look(): string[];
  /**
   * Returns the time since which a sink has made no progress, in milliseconds since 1970; null if
   * the sink makes progress or has nothing to store.
   */
  stalledSince(sink: number): number | null;
}

/**
 * Starts watching. Each check compares the sinks with the check before it. So the time without
 * progress counts from the first check that found records waiting, not from the last success of the
 * sink.
 */
export function createHealth(options: HealthOptions): Health {
  const { totals, clock, lastContact, sinkTrouble, patience, collecting } = options;
  const sinks: { durable: number; since: number | null }[] = [];

  function seconds(since: number): string {
    return `${Math.round((clock.now() - since) / 1000)} s`;
  }

  function lookAtSinks() {
    for (const [i, { durable, written }] of totals.sinks.entries()) {
      const known = sinks[i] ??= { durable, since: null };
      if (written <= durable) known.since = null;
      else if (durable !== known.durable || known.since === null) known.since = clock.now();
      known.durable = durable;
    }
  }

  return {
    look() {
      lookAtSinks();
      const reasons: string[] = [];
      for (const [baseURL, { failure }] of totals.servers) {
        const last = lastContact(baseURL);
        if (failure !== null) reasons.push(`${baseURL}: ended: ${failure}`);
        else if (last !== null && clock.now() - last >= patience) {
          reasons.push(`${baseURL}: no sign of life for ${seconds(last)}`);
        }
      }
      for (const [i, { name }] of totals.sinks.entries()) {
        const since = sinks[i]!.since;
        if (since === null || clock.now() - since < patience + collecting) continue;
        const why = sinkTrouble(name);
        reasons.push(
          `${name}: stored nothing for ${seconds(since)}${why === null ? "" : `: ${why}`}`,
        );
      }
      return reasons;
    },
    stalledSince(sink) {
      lookAtSinks();
      return sinks[sink]?.since ?? null;
    },
  };
}
