/**
 * A small federation of Mastodon-compatible servers on this machine, with a seed and with faults on
 * demand. It is for testing any program that reads Mastodon.
 *
 * @module
 */
export { startFederation } from "./federation.ts";
export type { Federation, RunOptions, SimulatedServer } from "./federation-types.ts";
export { DOMAINS, type FederationOptions } from "./federation-options.ts";
export type { Truth } from "./truth.ts";
export type { ActiveFault } from "./faults/active.ts";
export { type Fault, FAULT_KINDS, type FaultKind } from "./faults/fault.ts";
export { SOFTWARE_NAMES } from "./software/all.ts";
export type { Access } from "./server/rest/instance.ts";
export type { LoggedRequest } from "./server/request-log.ts";
