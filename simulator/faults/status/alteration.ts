/**
 * How a fault changes the JSON of a status.
 *
 * @module
 */
import type { SocketFault } from "../socket.ts";
import type { StatusFault } from "../status.ts";

/** The faults that can do so. */
type Altering = StatusFault | SocketFault;

/** A kind of fault that changes the JSON of a status. */
export interface Alteration {
  readonly kind: Altering["kind"];
  /** Which statuses of a server it happens to. */
  readonly whose: "own" | "foreign" | "all";
  /** True if the other servers' copies have it too. */
  readonly travels?: boolean;
  /** True if the text cannot be compared with the truth any more. */
  readonly spoils?: boolean;
  /** The status with the fault; both are JSON. */
  alter(status: string, fault: { kind: string }): string;
}

/** A Status entity. */
export interface StatusJson {
  [name: string]: unknown;
  account: Record<string, unknown>;
}

/** Describes the fault of one kind; `alter` gets its settings. */
export function alteration<K extends Altering["kind"]>(
  kind: K,
  how: Omit<Alteration, "kind" | "alter">,
  alter: (status: string, fault: Extract<Altering, { kind: K }>) => string,
): Alteration {
  return { kind, ...how, alter: alter as Alteration["alter"] };
}

/** Changes a status as an object. */
export function editJson(status: string, edit: (status: StatusJson) => void): string {
  const object = JSON.parse(status) as StatusJson;
  edit(object);
  return JSON.stringify(object);
}
