/**
 * A federation and its servers, as a test uses them.
 *
 * @module
 */
import type { ActiveFault } from "./faults/active.ts";
import type { Fault } from "./faults/fault.ts";
import type { LoggedRequest } from "./server/request-log.ts";
import type { Truth } from "./truth.ts";

/** A server, as tests see it. */
export interface SimulatedServer {
  readonly index: number;
  /** The domain in the handles of its accounts, such as `tusk.example`. */
  readonly domain: string;
  /** The address at which it listens: `http://127.0.0.1:4000`. */
  readonly baseURL: string;
  /** The address at which it streams: `ws://127.0.0.1:4000`. */
  readonly streamingURL: string;
  /** The token that it accepts. */
  readonly token: string;
  /** The last thousand requests to its API, upgrades included. */
  readonly requests: readonly LoggedRequest[];
  /**
   * Returns the numbers of open streaming connections and their subscriptions, of all connections
   * so far, and of connections that were cut off.
   */
  counts(): { connections: number; subscriptions: number; total: number; cutOff: number };
  /** Resolves when there are at least this many subscriptions (default 1). */
  followed(streams?: number): Promise<void>;
}

/** Options of `run`. */
export interface RunOptions {
  /** Statuses per second over all servers, or `max`: as fast as the readers take them. */
  rate: number | "max";
  /** The run ends after this many statuses. */
  count?: number;
  /** The run ends when this signal is aborted. */
  signal?: AbortSignal;
}

/** A running federation. */
export interface Federation {
  readonly servers: readonly SimulatedServer[];
  /**
   * Posts this many statuses (default 1) now, sends them, and returns the `Truth` of each. With
   * `home`, their authors are people of that server (0 is the first).
   */
  publish(count?: number, by?: { home?: number }): Truth[];
  /**
   * Posts statuses like `publish`, with edits and deletes in between. Returns how many it posted.
   */
  step(count?: number): number;
  /** Edits the status with this uri, by default a recent one, and returns its new truth. */
  edit(uri?: string): Truth | undefined;
  /** Deletes the status with this uri, by default a recent one, and returns its last truth. */
  delete(uri?: string): Truth | undefined;
  /** Adds a fault to a server, or to `all`. Resolves when it has taken effect. */
  fault(server: number | "all", fault: Fault): Promise<ActiveFault>;
  /** Ends the faults of a server; without an argument, of all servers. */
  heal(server?: number): Promise<void>;
  /** Changes the software of a server; see `FederationOptions`. */
  setSoftware(server: number, text: string): void;
  /** Returns all statuses that were published and not deleted, oldest first. */
  truth(): Truth[];
  /** Yields the statuses of `truth` one by one, for large federations. */
  eachTruth(): Generator<Truth>;
  /** Returns all deleted statuses, with their former ids. */
  deleted(): Truth[];
  /**
   * Publishes statuses at a rate until the run is aborted or done. A new run ends the one before.
   */
  run(options: RunOptions): Promise<void>;
  /** Pings every stream now. */
  ping(): void;
  /** Resolves when the readers have read everything that was sent. */
  drained(): Promise<void>;
  /** Closes all servers and connections. */
  close(): Promise<void>;
}
