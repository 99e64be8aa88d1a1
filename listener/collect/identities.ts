/**
 * What the servers of a run say of themselves, as far as they are believed.
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

/** Knows who the servers are. */
export interface Identities {
  /** Notes what a server says of itself. A domain that two servers claim belongs to neither. */
  claim(baseURL: string, identity: ServerIdentity): void;
  /** What is known of a server. */
  tellerOf(baseURL: string): Teller;
  /** The domain that the server of a host says its accounts have. */
  readonly domainOf: DomainOf;
}

/**
 * @param baseURLs the servers that we listen to: nobody else may claim their hosts
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
  const claims = new Map<string, ServerIdentity>();
  const domains = new Map<string, string>();
  const tellers = new Map<string, Teller>();

  /** The one that was asked for last: statuses come in bursts. */
  let last: { baseURL: string; teller: Teller } | null = null;

  function believe(baseURL: string, identity: ServerIdentity): void {
    const others = [...claims].filter(([other]) => other !== baseURL);
    tellers.set(
      baseURL,
      tellerOf(baseURL, identity, (host) =>
        hosts.has(host) ||
        others.some(([, { domain }]) => domain !== null && hostOf(`https://${domain}`) === host)),
    );
  }

  return {
    claim(baseURL, identity) {
      claims.set(baseURL, identity);
      const host = hostOf(baseURL);
      const domain = identity.domain === null ? null : hostOf(`https://${identity.domain}`);
      if (host !== null && domain !== null) domains.set(host, domain);
      last = null;
      for (const [other, claimed] of claims) {
        if (other === baseURL || claimed.domain === identity.domain) believe(other, claimed);
      }
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
