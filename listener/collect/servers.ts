/**
 * The servers of a run, with their counts, their saved state and their positions.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { REPLAYED_SERVERS } from "../limits.ts";
import { type ServerTotals, serverTotals, type Totals } from "../report/totals.ts";
import type { Durability } from "./durability.ts";
import { createPosition, type Position } from "./positions.ts";
import type { ServerState } from "./server-state.ts";

/** A server of this run. */
export interface Server {
  readonly baseURL: string;
  /**
   * A text that identifies the server: a short number or, after the first thousand servers of a
   * replay, the address.
   */
  readonly key: string;
  readonly totals: ServerTotals;
  /** The saved state; undefined if nothing is saved between two runs. */
  readonly state: ServerState | undefined;
  readonly position: Position;
}

/** All servers of a run. */
export interface Servers {
  /** Returns the server at this address. */
  of(baseURL: string): Server;
  /** Reports that all records until now are in the batches up to and including `seq`. */
  mark(seq: number): void;
}

/** The name under which all servers of a replay after the first thousand are counted. */
export const OTHER_SERVERS = "other servers";

/**
 * Creates an empty list of servers. A replay may name any number of servers. Those after the first
 * thousand are counted together, so that memory stays bounded.
 */
export function createServers(options: {
  readonly states: ReadonlyMap<string, ServerState>;
  readonly totals: Totals;
  readonly durability: Durability;
  readonly clock: Pick<Clock, "now">;
}): Servers {
  const { states, totals, durability, clock } = options;
  const servers = new Map<string, Server>();

  return {
    of(baseURL) {
      let server = servers.get(baseURL);
      if (server !== undefined) return server;
      const state = states.get(baseURL);
      const isKept = state !== undefined || servers.size < REPLAYED_SERVERS;
      server = {
        ...{ baseURL, state, key: isKept ? String(servers.size) : ` ${baseURL}` },
        totals: serverTotals(totals, isKept ? baseURL : OTHER_SERVERS),
        position: createPosition(state, durability, clock),
      };
      if (isKept) servers.set(baseURL, server);
      return server;
    },
    mark(seq) {
      for (const { position } of servers.values()) position.mark(seq);
    },
  };
}
