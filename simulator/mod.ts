/**
 * A small federation of Mastodon-compatible servers on this machine, seeded, with
 * faults on demand: for the tests of anything that reads Mastodon.
 *
 * @module
 */
export {
  DOMAINS,
  type Federation,
  type FederationOptions,
  type RunOptions,
  type SimulatedServer,
  startFederation,
} from "./federation.ts";
export type { Truth } from "./truth.ts";
export type { ActiveFault, Fault, FaultKind } from "./server/faults.ts";
export type { Access } from "./server/instance.ts";
export type { SeenRequest } from "./server/seen.ts";
