/**
 * The options of a federation.
 *
 * @module
 */
import type { Access } from "./server/rest/instance.ts";
import { findSoftware } from "./software/all.ts";
import { mastodon } from "./software/mastodon.ts";
import type { Software } from "./software/software.ts";

/** Options of a federation. All have defaults. */
export interface FederationOptions {
  /** The number of servers, from 1 to 16. Default 3. */
  servers?: number;
  /** The port of the first server; the others have the next ports. 0 (default) for free ports. */
  port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  host?: string;
  /** The seed. The same seed, clock and calls make the same federation. Default 1. */
  seed?: number;
  /** Returns the time of the servers, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number;
  /** The end of the history, in milliseconds since 1970. Default: the time of the clock. */
  now?: number;
  /** The length of the history before `now`, in milliseconds. Default 0: no history. */
  history?: number;
  /** The posts per day of the history, in the whole federation. Default 3,600. */
  perDay?: number;
  /** The chance, for each other server, that a post reaches it, from 0 to 1. Default 0.6. */
  federates?: number;
  /** The share of people that lives on servers outside the federation. Default 0.1. */
  outside?: number;
  /** The approximate number of accounts of each server. Default 400. */
  accounts?: number;
  /** The number of edits per status in `step` and `run`. Default 0.02. */
  edits?: number;
  /** The number of deletes per status in `step` and `run`. Default 0.01. */
  deletes?: number;
  /**
   * The requests in five minutes that a server allows for each token, or for each address if a
   * request has no token; Infinity for no limit. Default 300.
   */
  rateLimit?: number;
  /** Who may read the public timelines. Default `public`. */
  access?: Access;
  /** The Mastodon version of the servers that run Mastodon. Default 4.5.3. */
  version?: string;
  /**
   * The software of the servers, such as `pleroma` or `mastodon@4.1.22`: one name for all, or one
   * for each. Servers without a name run Mastodon.
   */
  software?: string | readonly (string | undefined)[];
  /**
   * The indexes of servers whose handles have a different domain from their addresses. Default:
   * none.
   */
  splitDomains?: readonly number[];
  /**
   * True if addresses and handles contain the host and port at which the server listens, such as
   * `127.0.0.1:4000`, and no invented domain. Some readers believe a server only about its own
   * host. Default false.
   */
  ownAddresses?: boolean;
  /** At least this many of the newest posts are remembered. Default: a million. */
  keep?: number;
  /** A slow reader is disconnected when more than this many bytes wait for it. Default 64 MB. */
  maxBuffered?: number;
  /** Milliseconds between two pings of a stream; 0 for none. Default 30,000. */
  pingEvery?: number;
}

/**
 * The domains of the servers: the first server has the first domain. Nobody can own a domain below
 * `.example`.
 */
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

/** Completes the options with their defaults. */
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
 * Checks the options.
 *
 * @throws {RangeError} with one line that names the invalid option
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
    throw new RangeError(
      `${servers} servers of ${accounts} accounts are too many; the limit is 65,000 in all`,
    );
  }
}

/** Returns the software of server number `index`. */
export function softwareOf({ software, version }: FederationOptions, index: number): Software {
  const name = typeof software === "string" ? software : software?.[index];
  return name === undefined ? mastodon(version) : findSoftware(name);
}
