/**
 * The faults that a server can have. A fault is an object with a `kind` and the settings of that
 * kind. The kinds are in the files beside this one.
 *
 * @module
 */
import { type PageFault, PAGES } from "./page.ts";
import { type RestFault, RESTS } from "./rest.ts";
import { type SocketFault, SOCKETS } from "./socket.ts";
import { STATUSES, type StatusFault } from "./status.ts";
import { type StreamFault, STREAMS } from "./stream.ts";

/** A fault of any kind. */
export type Fault = SocketFault | StreamFault | StatusFault | PageFault | RestFault;
/** The name of a fault. */
export type FaultKind = Fault["kind"];
/** The fault of one kind. */
export type OfKind<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The required settings of each kind. */
const NEEDS: Readonly<Record<FaultKind, readonly string[]>> = {
  ...SOCKETS,
  ...STREAMS,
  ...STATUSES,
  ...PAGES,
  ...RESTS,
};

/** The names of all kinds. */
export const FAULT_KINDS = Object.keys(NEEDS) as readonly FaultKind[];

/**
 * Returns why a value is not a fault; undefined if it is a fault.
 *
 * @example
 * ```ts
 * import { faultProblem } from "./fault.ts";
 *
 * if (faultProblem({ kind: "slow", by: 100 }) !== undefined) throw new Error();
 * if (faultProblem({ kind: "slow" }) !== `the fault "slow" needs "by"`) throw new Error();
 * ```
 */
export function faultProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) {
    return `expected a fault: an object with a "kind"`;
  }
  const { kind } = value;
  const needs = NEEDS[kind as FaultKind];
  if (needs === undefined) {
    return `unknown kind of fault "${kind}"; the kinds are ${FAULT_KINDS.join(", ")}`;
  }
  const missing = needs.find((name) => !(name in value));
  return missing === undefined ? undefined : `the fault "${kind}" needs "${missing}"`;
}

/** Returns true for a fault of the open sockets. */
export function isSocketFault(fault: Fault): fault is SocketFault {
  return fault.kind in SOCKETS;
}
