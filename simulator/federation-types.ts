/**
 * A federation and its servers, as a test uses them.
 *
 * @module
 */
import type { ActiveFault } from "./faults/active.ts";
import type { Fault } from "./faults/fault.ts";
import type { LoggedRequest } from "./server/request-log.ts";
import type { Truth } from "./truth.ts";

/** A server, as its users see it. */
export interface SimulatedServer {
  readonly index: number;
  /** The name in its addresses, such as `tusk.example`. */
  readonly domain: string;
  /** Where it listens: `http://127.0.0.1:4000`. */
  readonly baseURL: string;
  /** Where it streams: `ws://127.0.0.1:4000`. */
  readonly streamingURL: string;
  /** The token that it accepts. */
  readonly token: string;
  /** The last thousand requests to its API, upgrades included. */
  readonly requests: readonly LoggedRequest[];
  /** How many streaming connections there are, and how many subscriptions they have. */
  counts(): { connections: number; subscriptions: number; total: number; cutOff: number };
  /** Resolves when there are at least this many subscriptions (default 1). */
  followed(streams?: number): Promise<void>;
}

/** How `run` goes. */
export interface RunOptions {
  /** Statuses per second over all servers, or `max`: as fast as the readers take them. */
  rate: number | "max";
  /** Ends after this many. */
  count?: number;
  /** Ends the run. */
  signal?: AbortSignal;
}

/** A running federation. */
export interface Federation {
  readonly servers: readonly SimulatedServer[];
  /**
   * Posts this many statuses (default 1) now, sends them, and gives their truth. With
   * `home` they are by people of that server (0 is the first).
   */
  publish(count?: number, by?: { home?: number }): Truth[];
  /** The same with edits and deletes in between; gives how many were posted. */
  step(count?: number): number;
  /** Edits the status with this uri, by default a recent one; gives its new truth. */
  edit(uri?: string): Truth | undefined;
  /** Deletes the status with this uri, by default a recent one; gives its last truth. */
  delete(uri?: string): Truth | undefined;
  /** Gives a server, or `all`, a fault. Resolves when it has taken effect. */
  fault(server: number | "all", fault: Fault): Promise<ActiveFault>;
  /** Ends the faults of a server, or of all. */
  heal(server?: number): Promise<void>;
  /** Lets a server run other software from now on; see `FederationOptions`. */
  setSoftware(server: number, text: string): void;
  /** Everything that was published and not deleted, oldest first. */
  truth(): Truth[];
  /** The same one by one, for large federations. */
  eachTruth(): Generator<Truth>;
  /** Everything that was deleted, with the ids it had. */
  deleted(): Truth[];
  /** Publishes at a rate until it is aborted or done; a new run ends the last one. */
  run(options: RunOptions): Promise<void>;
  /** Pings every stream now. */
  ping(): void;
  /** Resolves when the readers have taken what was sent. */
  drained(): Promise<void>;
  /** Ends everything; nothing stays open. */
  close(): Promise<void>;
}
