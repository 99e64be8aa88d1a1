/**
 * A server's description of itself.
 *
 * @see https://docs.joinmastodon.org/entities/Instance/
 * @module
 */
import { NAME_LENGTH } from "../../limits.ts";
import { shortString } from "../../toot/fields.ts";
import type { Rest } from "./rest.ts";

/** Who may read a timeline. Mastodon 4.5 and later publish this. */
export type Access = "public" | "authenticated" | "disabled";

/** The parts of an instance that the listener uses. */
export interface Instance {
  /** The name of the software, such as `Mastodon` or `Pleroma`; null if unknown. */
  readonly software: string | null;
  /** The version as the server writes it; null if unknown. */
  readonly version: string | null;
  /** The domain of the server's accounts, which may differ from its host; null if unknown. */
  readonly domain: string | null;
  /** The address of the streaming API, such as `wss://streaming.example.org`; null if unknown. */
  readonly streaming: string | null;
  /** Who may read the timelines; null if unknown. */
  readonly access: { readonly local: Access; readonly remote: Access } | null;
}

type Json = Record<string, unknown>;

/** The name and the version in `2.7.2 (compatible; Pleroma 2.5.0)`. */
const COMPATIBLE = /compatible;\s*([^\s/)]+)(?:[\s/]+([^\s)]+))?/;

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : {};
}

function access(value: unknown): Access {
  return value === "authenticated" || value === "disabled" ? value : "public";
}

/**
 * Returns the streaming address with a WebSocket scheme; null if `value` is not a usable URL. If
 * `baseURL` is https, the scheme is always `wss`, because the token is sent to this address.
 */
function streamingURL(value: unknown, baseURL: string): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (!url.hostname || !/^(ws|http)s?:$/.test(url.protocol)) return null;
  const secure = /^(wss|https):$/.test(url.protocol) || baseURL.startsWith("https:");
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1\/streaming$/, "");
  return `${secure ? "wss:" : "ws:"}//${url.host}${path}`;
}

/**
 * Returns the account domain: the field `domain` of version 2, or `uri` of version 1. Older servers
 * write a URL into `uri`. Null if the field is missing or invalid.
 */
function domainOf({ domain, uri }: Json): string | null {
  const said = typeof domain === "string" ? domain : uri;
  if (typeof said !== "string") return null;
  const url = URL.parse(/^https?:\/\//i.test(said) ? said : `https://${said}`);
  return url !== null && /^[a-z0-9.-]{1,253}$/.test(url.hostname) ? url.host : null;
}

/**
 * Reads the body of `/api/v2/instance` or `/api/v1/instance`. It never throws, because every
 * part may be missing.
 *
 * @example
 * ```ts
 * import { parseInstance } from "./instance.ts";
 *
 * const { software, streaming } = parseInstance(
 *   { version: "2.7.2 (compatible; Pleroma 2.5.0)", urls: { streaming_api: "https://example.org" } },
 *   "https://example.org",
 * );
 * if (software !== "Pleroma" || streaming !== "wss://example.org") throw new Error();
 * ```
 */
export function parseInstance(body: unknown, baseURL: string): Instance {
  const instance = object(body);
  const configuration = object(instance.configuration);
  const version = shortString(instance.version, NAME_LENGTH);
  const feeds = object(configuration.timelines_access).live_feeds;
  const { local, remote } = object(feeds);
  const compatible = version?.match(COMPATIBLE)?.[1];
  return {
    software: compatible ?? (typeof instance.source_url === "string" &&
        /\/(mastodon|glitch-soc)\//i.test(`${instance.source_url}/`)
      ? "Mastodon"
      : null),
    version,
    domain: domainOf(instance),
    streaming: streamingURL(object(configuration.urls).streaming, baseURL) ??
      streamingURL(object(instance.urls).streaming_api, baseURL),
    access: feeds === undefined ? null : { local: access(local), remote: access(remote) },
  };
}

/**
 * Requests a server's description: version 2 of the instance, or version 1 if that fails. Returns
 * null if both fail; then the feed goes on without a description.
 */
export async function readInstance(rest: Rest, baseURL: string): Promise<Instance | null> {
  for (const version of ["v2", "v1"]) {
    const answer = await rest.askOnce(`/api/${version}/instance`);
    if (answer?.status === 200 && Object.keys(object(answer.body)).length > 0) {
      return parseInstance(answer.body, baseURL);
    }
  }
  return null;
}

/** The usual spelling of the names that `detector` returns. */
const NAMES: Readonly<Record<string, string>> = {
  mastodon: "Mastodon",
  pleroma: "Pleroma",
  friendica: "Friendica",
  firefish: "Firefish",
  gotosocial: "GoToSocial",
  pixelfed: "Pixelfed",
};

/** Adds the software's name from nodeinfo if the description lacks it. */
export async function withSoftware(instance: Instance, rest: Rest): Promise<Instance> {
  if (instance.software !== null) return instance;
  const detected = await rest.detect();
  return { ...instance, software: detected === null ? null : NAMES[detected] ?? detected };
}

/**
 * Returns the name of the software with its version, as records contain it; the name alone if the
 * version is unknown, and null if the name is unknown. Software that is compatible with Mastodon
 * writes its own version behind the version of Mastodon.
 *
 * @example
 * ```ts
 * import { parseInstance, softwareText } from "./instance.ts";
 *
 * const instance = parseInstance(
 *   { version: "2.7.2 (compatible; Pleroma 2.5.0)" },
 *   "https://example.org",
 * );
 * if (softwareText(instance) !== "Pleroma 2.5.0") throw new Error();
 * ```
 */
export function softwareText({ software, version }: Instance): string | null {
  if (software === null) return null;
  const own = version?.includes("compatible;")
    ? version.match(COMPATIBLE)?.[2]
    : version?.match(/\S+/)?.[0];
  return shortString(own === undefined ? software : `${software} ${own}`, NAME_LENGTH);
}

/** Returns true if the software is known to have no streaming API. */
export function streamsNothing({ software }: Instance): boolean {
  return software !== null && ["pixelfed", "friendica"].includes(software.toLowerCase());
}

/** The parameter of `GET /api/v1/statuses` with the ids of several statuses. */
export type ManyIds = "id[]" | "ids[]";

/**
 * Returns the parameter for requesting several statuses at once: `id[]` for Mastodon 4.3 and later,
 * and `ids[]` for Pleroma and Akkoma. Null for all other software, even if it may know one of the
 * parameters. If a server ignored the parameter and returned other statuses, the requested ones
 * would look deleted.
 */
export function manyIds({ software, version }: Instance): ManyIds | null {
  if (software === "Pleroma" || software === "Akkoma") return "ids[]";
  const [, major, minor] = version?.match(/^(\d+)\.(\d+)/)?.map(Number) ?? [];
  if (software !== "Mastodon" || major === undefined || minor === undefined) return null;
  return major > 4 || (major === 4 && minor >= 3) ? "id[]" : null;
}
