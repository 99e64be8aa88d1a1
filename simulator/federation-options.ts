/**
 * How a federation is made.
 *
 * @module
 */
import type { Access } from "./server/rest/instance.ts";
import { findSoftware } from "./software/all.ts";
import { mastodon } from "./software/mastodon.ts";
import type { Software } from "./software/software.ts";

/** How a federation is made. All settings have defaults. */
export interface FederationOptions {
  /** How many servers, 1 to 16. Default 3. */
  servers?: number;
  /** The first server's port, the others follow; 0 (default) for free ones. */
  port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  host?: string;
  /** The same seed, clock and calls give the same federation. Default 1. */
  seed?: number;
  /** Milliseconds since 1970; the time of the servers. Default `Date.now`. */
  clock?: () => number;
  /** The end of history, milliseconds since 1970. Default: what the clock says. */
  now?: number;
  /** Milliseconds of history before `now`. Default 0: nothing was ever posted. */
  history?: number;
  /** Posts per day of history over the whole federation. Default 3,600. */
  perDay?: number;
  /** The share of posts that reaches each other server, 0 to 1. Default 0.6. */
  federates?: number;
  /** The share of people that lives on servers outside the federation. Default 0.1. */
  outside?: number;
  /** How many accounts each server has, roughly. Default 400. */
  accounts?: number;
  /** The share of statuses in `step` and `run` that is followed by an edit. Default 0.02. */
  edits?: number;
  /** The same for deletes. Default 0.01. */
  deletes?: number;
  /** Requests in five minutes for each reader; Infinity for no limit. Default 300. */
  rateLimit?: number;
  /** Who may read the public timelines. Default `public`. */
  access?: Access;
  /** The Mastodon version of the servers that run Mastodon. Default 4.5.3. */
  version?: string;
  /**
   * What the servers run, such as `pleroma` or `mastodon@4.1.22`: one name for all, or
   * one for each. Servers without a name run Mastodon.
   */
  software?: string | readonly (string | undefined)[];
  /** Servers whose handles have another domain than their addresses. Default none. */
  splitDomains?: readonly number[];
  /**
   * True if handles and addresses name the `baseURL`, `http://127.0.0.1:4000`, in place of
   * an invented domain: for readers that believe a server only about its own host. Default
   * false.
   */
  ownAddresses?: boolean;
  /** Posts that are remembered before the oldest are forgotten. Default a million. */
  keep?: number;
  /** Bytes that may wait for a slow reader before it is cut off. Default 64 MB. */
  maxBuffered?: number;
  /** Milliseconds between two pings of a stream; 0 for none. Default 30,000. */
  pingEvery?: number;
}

/** The domains of the servers, in their order. `.example` belongs to nobody. */
export const DOMAINS: readonly string[] = [
  "tusk",
  "herd",
  "savanna",
  "grove",
  "delta",
  "meadow",
  "summit",
  "harbour",
  "island",
  "prairie",
  "glacier",
  "canyon",
  "lagoon",
  "tundra",
  "oasis",
  "steppe",
].map((name) => `${name}.example`);

/** The settings with their defaults. */
export function completeOptions(options: FederationOptions) {
  return {
    servers: 3,
    port: 0,
    host: "127.0.0.1",
    seed: 1,
    clock: Date.now,
    history: 0,
    perDay: 3_600,
    federates: 0.6,
    outside: 0.1,
    accounts: 400,
    edits: 0.02,
    deletes: 0.01,
    rateLimit: 300,
    access: "public" as Access,
    splitDomains: [] as readonly number[],
    ownAddresses: false,
    keep: 1_000_000,
    maxBuffered: 64 * 1024 * 1024,
    pingEvery: 30_000,
    ...options,
  };
}

/**
 * Refuses what cannot be.
 *
 * @throws {RangeError} that says what, in one line
 */
export function checkOptions(options: ReturnType<typeof completeOptions>): void {
  const { servers, port, accounts, outside } = options;
  if (!(servers >= 1 && servers <= DOMAINS.length)) {
    throw new RangeError(`A federation has 1 to ${DOMAINS.length} servers, not ${servers}`);
  }
  if (port > 0 && port + servers - 1 > 65_535) {
    throw new RangeError(`Port ${port} leaves no room for ${servers} servers`);
  }
  // The ledger has two bytes for an author.
  if (servers * accounts * (1 + outside) > 65_000) {
    throw new RangeError(`${servers} servers of ${accounts} accounts are too many; 65,000 in all`);
  }
}

/** What server number `index` runs. */
export function softwareOf({ software, version }: FederationOptions, index: number): Software {
  const name = typeof software === "string" ? software : software?.[index];
  return name === undefined ? mastodon(version) : findSoftware(name);
}
