/**
 * Defines how a fault changes the JSON of a status.
 *
 * @module
 */
import type { SocketFault } from "../socket.ts";
import type { StatusFault } from "../status.ts";

/** The faults that can change the JSON of a status. */
type Altering = StatusFault | SocketFault;

/** A kind of fault that changes the JSON of a status. */
export interface Alteration {
  readonly kind: Altering["kind"];
  /** The statuses of a server that the fault applies to. */
  readonly whose: "own" | "foreign" | "all";
  /** True if the copies on other servers have the fault too. */
  readonly travels?: boolean;
  /** Adds the fault to a status. The argument and the result are JSON. */
  alter(status: string, fault: { kind: string }): string;
}

/** A Status entity as parsed JSON. */
export interface StatusJson {
  [name: string]: unknown;
  account: Record<string, unknown>;
}

/** Describes the faults of one kind. `alter` receives the settings of the fault. */
export function alteration<K extends Altering["kind"]>(
  kind: K,
  how: Omit<Alteration, "kind" | "alter">,
  alter: (status: string, fault: Extract<Altering, { kind: K }>) => string,
): Alteration {
  return { kind, ...how, alter: alter as Alteration["alter"] };
}

/** Parses the JSON of a status, changes it, and writes it again. */
export function editJson(status: string, edit: (status: StatusJson) => void): string {
  const object = JSON.parse(status) as StatusJson;
  edit(object);
  return JSON.stringify(object);
}
