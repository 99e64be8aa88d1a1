/**
 * Collects the account domains that servers claim, and decides which claims are believed.
 *
 * @module
 */
import { hostOf } from "../toot/origin.ts";
import {
  type DomainOf,
  type ServerIdentity,
  stranger,
  type Teller,
  tellerOf,
} from "../toot/author.ts";

/** The claims of the servers. */
export interface Identities {
  /**
   * Takes a server's description of itself. If two servers claim the same domain, neither gets it.
   */
  claim(baseURL: string, identity: ServerIdentity): void;
  /** Returns what is known about a server. */
  tellerOf(baseURL: string): Teller;
  /**
   * Returns the account domain that the server at this host claims; null if it claims none, or
   * claims the host of a server that we listen to.
   */
  readonly domainOf: DomainOf;
}

/**
 * Creates an empty collection of claims.
 *
 * @param baseURLs the servers that we listen to: no other server may claim their hosts
 *
 * @example
 * ```ts
 * import { createIdentities } from "./identities.ts";
 *
 * const identities = createIdentities(["https://bread.example"]);
 * const claim = { domain: "bread.example", software: null };
 * identities.claim("http://127.0.0.1:3000", claim);
 * if (identities.tellerOf("http://127.0.0.1:3000").domain !== null) throw new Error();
 * ```
 */
export function createIdentities(baseURLs: Iterable<string>): Identities {
  const hosts = new Set([...baseURLs].map(hostOf));
  const claims = new Map<string, ServerIdentity & { readonly claimed: string | null }>();
  const claimants = new Map<string, Set<string>>();
  const domains = new Map<string, string>();
  const tellers = new Map<string, Teller>();
  /** The last result of `tellerOf`, cached because statuses come in bursts from one server. */
  let last: { baseURL: string; teller: Teller } | null = null;

  const isTaken = (host: string) => hosts.has(host) || (claimants.get(host)?.size ?? 0) > 1;

  /** Decides again which server gets a domain. */
  function decide(claimed: string | null): void {
    for (const baseURL of claimants.get(claimed ?? "") ?? []) {
      tellers.set(baseURL, tellerOf(baseURL, claims.get(baseURL)!, isTaken));
    }
  }

  return {
    claim(baseURL, identity) {
      const claimed = identity.domain === null ? null : hostOf(`https://${identity.domain}`);
      const before = claims.get(baseURL)?.claimed ?? null;
      claims.set(baseURL, { ...identity, claimed });
      claimants.get(before ?? "")?.delete(baseURL);
      let same = claimants.get(claimed ?? "");
      if (same === undefined) claimants.set(claimed ?? "", same = new Set());
      same.add(baseURL);
      const host = hostOf(baseURL);
      if (host !== null) {
        if (claimed === null || hosts.has(claimed)) domains.delete(host);
        else domains.set(host, claimed);
      }
      last = null;
      tellers.set(baseURL, tellerOf(baseURL, identity, isTaken));
      for (const domain of new Set([before, claimed])) if (domain !== null) decide(domain);
    },
    tellerOf(baseURL) {
      if (last?.baseURL !== baseURL) {
        last = { baseURL, teller: tellers.get(baseURL) ?? stranger(baseURL) };
      }
      return last.teller;
    },
    domainOf: (host) => domains.get(host) ?? null,
  };
}
