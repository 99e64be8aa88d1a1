/**
 * Finds the author of a status, and whether the status came from the author's own server.
 *
 * A server names its own people without a domain, and everybody else as `name@domain`. The domain
 * may differ from the host in the addresses: `ada@bread.example` may live on
 * `social.bread.example`. So an author is identified by the user name and by the host in the
 * addresses of the author's own server. No other server has addresses on that host, whatever domain
 * the other server claims.
 *
 * @module
 */
import { hostOf } from "./origin.ts";

/** A server's description of itself. */
export interface ServerIdentity {
  /** The domain of the server's accounts, which may differ from its host; null if unknown. */
  readonly domain: string | null;
  /** The software of the server, such as `Mastodon 4.5.0`; null if unknown. */
  readonly software: string | null;
}

/** A server that sent us statuses, with those of its names that we believe. */
export interface Teller {
  /**
   * The host of the server's address, with the port; null in a replay that does not name the
   * server.
   */
  readonly host: string | null;
  /** The domain of the server's accounts; null if only the host is known. */
  readonly domain: string | null;
  /**
   * The host in the addresses of its statuses, if that differs from `host`; otherwise null. A
   * server on this machine or in a private network may be reached under a different name.
   */
  readonly alias: string | null;
  readonly software: string | null;
}

/** Returns the account domain that the server at `host` claims; null if unknown. */
export type DomainOf = (host: string) => string | null;

/** The author of a status. */
export interface Author {
  /** The full name as people write it: `ada@bread.example`. */
  readonly name: string;
  /** The text from which the author's key is made: `ada@social.bread.example`, in lower case. */
  readonly identity: string;
  /**
   * The second possible identity of the same author, if the status does not show whether its
   * address belongs to the domain in the author's name; otherwise null.
   */
  readonly otherwise: string | null;
  /** True if the status came from its author's own server. */
  readonly home: boolean;
}

/** A name that the public DNS cannot contain: an IP address, `localhost`, one label. */
const PRIVATE = /^(?:\[[\da-f:.]+\]|\d+(?:\.\d+){3}|[^.:]+)(?::\d+)?$/i;

/**
 * Returns the {@linkcode Teller} of a server: its host, and the names that it claims if they are
 * believed. A server may claim a domain above its own host: `bread.example` for
 * `social.bread.example`. A server without a public name, such as one in a test or a container, may
 * claim any domain.
 *
 * @param taken returns true if another server of this listener has or claims this host. Such a
 * claim is not believed
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

/**
 * Returns the {@linkcode Teller} of a server that has not described itself: only its host is known.
 */
export function stranger(baseURL: string): Teller {
  return { host: hostOf(baseURL), domain: null, alias: null, software: null };
}

const PLAIN_DOMAIN = /^[a-z0-9.-]*[a-z0-9-]$/;

/** `ada` or `ada@bread.example`; some software writes `@` or `acct:` before the name. */
const FULL_NAME = /^(?:acct:)?@*(.*?)(?:@([^@]*?)\.?)?$/s;

/**
 * Finds the author of a status.
 *
 * @param acct the account's name as the server sent it
 * @param home the host of the status's address; null if unknown
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
    // If a server has neither a public name nor a description, its name is taken from the addresses
    // of its statuses.
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
