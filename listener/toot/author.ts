/**
 * Who wrote a status, and whether we heard it from the author's own server.
 *
 * A server names its own people without a domain, and everybody else as
 * `name@domain`. The domain may differ from the host that its addresses have
 * (`ada@bread.example`, at home on `social.bread.example`). So an author is
 * identified by the host of the home server's addresses: no other server has
 * addresses there, whatever domain it claims.
 *
 * @module
 */
import { hostOf } from "./origin.ts";

/** A server's description of itself. */
export interface ServerIdentity {
  /** The domain of its accounts, which may differ from its host; null if it gives none. */
  readonly domain: string | null;
  /** `mastodon 4.5.0`; null if it gives none. */
  readonly software: string | null;
}

/** A server that we read statuses from, as far as it can be believed. */
export interface Teller {
  /** The host of its address, with the port; null in a replay that names none. */
  readonly host: string | null;
  /** The domain of its accounts; null if only its host is known. */
  readonly domain: string | null;
  /**
   * Another host in its addresses, if there is one: a server on this machine or in a private
   * network is reached by a different name.
   */
  readonly alias: string | null;
  readonly software: string | null;
}

/** The domain that the server of a host gives as that of its accounts; null if it is unknown. */
export type DomainOf = (host: string) => string | null;

/** An author. */
export interface Author {
  /** `ada@bread.example`, as people write it. */
  readonly name: string;
  /** `ada@social.bread.example`, in lower case: what the key is made of. */
  readonly identity: string;
  /** The same person under the other domain, if the status leaves it open. */
  readonly otherwise: string | null;
  /** Whether the status came from its author's own server. */
  readonly home: boolean;
}

/** A name that the public DNS cannot contain: an IP address, `localhost`, one label. */
const PRIVATE = /^(?:\[[\da-f:.]+\]|\d+(?:\.\d+){3}|[^.:]+)(?::\d+)?$/i;

/**
 * What is believed of a server. It may say that its accounts have a domain above
 * its own host (`bread.example` on `social.bread.example`); a server that has no
 * public name, as in a test or in a container, may say any domain.
 *
 * @param taken whether another server that we listen to has this host
 *
 * @example
 * ```ts
 * import { tellerOf } from "./author.ts";
 *
 * const claim = { domain: "bread.example", software: null };
 * if (tellerOf("https://social.bread.example", claim).domain !== "bread.example") throw new Error();
 * if (tellerOf("https://evil.example", claim).domain !== null) throw new Error();
 * ```
 */
export function tellerOf(
  baseURL: string,
  { domain, software }: ServerIdentity,
  taken: (host: string) => boolean = () => false,
): Teller {
  const host = hostOf(baseURL);
  const claimed = domain === null ? null : hostOf(`https://${domain}`);
  const unknown = { host, domain: null, alias: null, software };
  if (claimed === null || claimed === host || host === null || taken(claimed)) return unknown;
  if (PRIVATE.test(host)) return { ...unknown, domain: claimed, alias: claimed };
  if (!host.endsWith(`.${claimed}`)) return unknown;
  return { ...unknown, domain: claimed, alias: host === `www.${claimed}` ? claimed : null };
}

/** A server that has not described itself. */
export function stranger(baseURL: string): Teller {
  return { host: hostOf(baseURL), domain: null, alias: null, software: null };
}

const PLAIN_DOMAIN = /^[a-z0-9.-]*[a-z0-9-]$/;

/** `ada`, `ada@bread.example`; some software writes it with an `@` or `acct:` before it. */
const FULL_NAME = /^(?:acct:)?@*(.*?)(?:@([^@]*?)\.?)?$/s;

/**
 * Who wrote a status.
 *
 * @param acct the account's name as the server sent it
 * @param home the host of the status's address
 *
 * @example
 * ```ts
 * import { authorOf } from "./author.ts";
 *
 * const bread = { host: "bread.example", domain: null, alias: null, software: null };
 * const ada = authorOf("Ada", "bread.example", bread);
 * if (ada.name !== "Ada@bread.example" || !ada.home) throw new Error();
 * const bo = authorOf("bo@butter.example", "social.butter.example", bread);
 * if (bo.identity !== "bo@social.butter.example" || bo.home) throw new Error();
 * ```
 */
export function authorOf(
  acct: string,
  home: string | null,
  teller: Teller,
  domainOf: DomainOf = () => null,
): Author {
  const { host, domain: own, alias } = teller;
  const [, user = acct, written = null] = FULL_NAME.exec(acct) ?? [];
  const domain = written === null || PLAIN_DOMAIN.test(written)
    ? written
    : hostOf(`https://${written}`) ?? written;
  const lower = user.toLowerCase();
  if (domain === null || domain === host || domain === own) {
    const isHome = home !== null && (home === host || home === alias);
    // A server without a public name that has not described itself: its addresses name it.
    const nameless = host === null || PRIVATE.test(host);
    const place = isHome ? home : own ?? (nameless ? home ?? host : host) ?? "unknown";
    return {
      name: `${user}@${own ?? place}`,
      identity: `${lower}@${place}`,
      otherwise: null,
      home: isHome,
    };
  }
  const hosted = home !== null &&
    (home === domain || home.endsWith(`.${domain}`) || domainOf(home) === domain);
  return {
    name: `${user}@${domain}`,
    identity: `${lower}@${hosted ? home : domain}`,
    otherwise: hosted || home === null ? null : `${lower}@${home}`,
    home: false,
  };
}
