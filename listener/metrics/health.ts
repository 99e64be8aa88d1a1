/**
 * Is everything as it should be, and if not, what is wrong?
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import type { Totals } from "../report/totals.ts";

/** What the health is judged by. */
export interface HealthOptions {
  readonly totals: Totals;
  readonly clock: Pick<Clock, "now">;
  /** When a server was last heard of, milliseconds since 1970; null where that is not watched. */
  readonly lastContact: (baseURL: string) => number | null;
  /** Why a sink cannot write, if it says so; by its name. */
  readonly sinkTrouble: (name: string) => string | null;
  /** Milliseconds that a server or a sink may be away. */
  readonly patience: number;
}

/** Looks after servers and sinks. */
export interface Health {
  /** Looks now; the reasons why all is not well, one a line, or none. */
  look(): string[];
  /** Since when a sink makes no progress, milliseconds since 1970; null if it does. */
  stalledSince(sink: number): number | null;
}

/** Begins to look. It notices a sink that stands still only between two looks. */
export function createHealth(options: HealthOptions): Health {
  const { totals, clock, lastContact, sinkTrouble, patience } = options;
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
          reasons.push(`${baseURL}: not heard of for ${seconds(last)}`);
        }
      }
      for (const [i, { name }] of totals.sinks.entries()) {
        const since = sinks[i]!.since;
        if (since === null || clock.now() - since < patience) continue;
        const why = sinkTrouble(name);
        reasons.push(
          `${name}: nothing became durable for ${seconds(since)}${why === null ? "" : `: ${why}`}`,
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
