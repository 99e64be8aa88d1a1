/**
 * Turns a status from any Mastodon-compatible server into a record.
 *
 * @module
 */
import type { Toot, Transport } from "../../record/record.ts";
import { ACCT_LENGTH, HASHTAGS, LANGUAGE_LENGTH, NAME_LENGTH, URI_LENGTH } from "../limits.ts";
import { authorOf, type DomainOf, stranger, type Teller } from "./author.ts";
import type { Consent } from "./consent.ts";
import {
  codePoints,
  count,
  type Fields,
  idText,
  isFields,
  list,
  longOf,
  shortString,
  string,
  wholeString,
} from "./fields.ts";
import type { KeyedHash } from "./hash.ts";
import { type OptOuts, withholdingOf } from "./known-opt-outs.ts";
import { type LeftOut, whyLeftOut } from "./left-out.ts";
import { canonicalAddress, hostOf, type OriginSizes } from "./origin.ts";
import { textOf } from "./text/text.ts";
import { believableEdit, believableTime, hourOf, millisecondsOf, timeText } from "./time.ts";
import { noteWarning } from "./warning.ts";
import { countWords } from "./text/words.ts";

/** The settings and memories that decide what a record may contain. */
export interface Privacy {
  readonly consent: Consent;
  /** True to hash every author, and every address that would identify the author. */
  readonly hashAuthors: boolean;
  readonly hash: KeyedHash;
  /**
   * The same hash with a cache for authors, because their names are often repeated. Default:
   * `hash`.
   */
  readonly hashAuthor?: KeyedHash;
  /** Authors who are known to have opted out. Opt-outs that home servers report are added here. */
  readonly optOuts?: OptOuts;
  /**
   * Knows which servers have so many authors that they may be named although authors are hashed.
   */
  readonly origins?: OriginSizes;
}

/** The facts about a status that are not in its JSON. */
export interface TootContext extends Privacy {
  /** The server that sent the status. */
  readonly baseURL: string;
  readonly transport: Transport;
  /** When the status arrived, in milliseconds since 1970. */
  readonly observedAt: number;
  /** What is known about the server at `baseURL`. Default: its host only. */
  readonly teller?: Teller;
  /** Returns the account domain that another server claims, by the host of that server. */
  readonly domainOf?: DomainOf;
}

/** The result for a status: a record, left out by a rule, or unreadable. */
export type Reading =
  | {
    readonly kind: "toot";
    readonly toot: Toot;
    /**
     * When the status was posted, in milliseconds since 1970. The record may contain only the hour.
     */
    readonly posted: number;
    /** False if the server sent an impossible time. Then `posted` is the time of arrival. */
    readonly timeBelieved: boolean;
  }
  | { readonly kind: "left-out"; readonly why: LeftOut }
  | {
    readonly kind: "bad";
    readonly reason: string;
    /**
     * True if the status may be stored as it is: the settings keep everything, or the author is
     * known and neither withheld nor hashed.
     */
    readonly mayKeep: boolean;
  };

/**
 * Returns true if a status quotes another one. Mastodon sends an object, and other software sends
 * the id.
 */
function quotes(status: Fields): boolean {
  const { quote, quote_id } = status;
  return isFields(quote) ? Object.keys(quote).length > 0 : string(quote_id) !== null;
}

function describedOf(media: unknown): number | null {
  if (!Array.isArray(media)) return null;
  let described = 0;
  for (const file of media) {
    if (isFields(file) && string(file["description"]) !== null) described++;
  }
  return described;
}

function hashtagsOf(tags: readonly unknown[]): string[] {
  const names: string[] = [];
  for (const tag of tags) {
    const name = shortString(isFields(tag) ? tag["name"] : tag, NAME_LENGTH);
    if (name !== null) names.push(name.replace(/^#/, "").toLowerCase());
  }
  return names;
}

/**
 * Returns the account's `acct`. If the server leaves it out, returns the user name, followed by the
 * host of the account's address if that is another server.
 */
function acctOf(account: Fields, { host }: Teller): string | null {
  const acct = wholeString(account["acct"], ACCT_LENGTH);
  if (acct !== null) return acct;
  const username = wholeString(account["username"], ACCT_LENGTH);
  const place = hostOf(wholeString(account["url"], URI_LENGTH));
  return username === null || place === null || place === host || username.includes("@")
    ? username
    : `${username}@${place}`;
}

/** Returns the addresses, the account and the author; null for each that cannot be read. */
function identify(status: Fields, context: TootContext) {
  const { baseURL, teller = stranger(baseURL), domainOf } = context;
  const url = wholeString(status["url"], URI_LENGTH);
  const given = string(status["uri"]);
  const address = given ?? url;
  const short = address === null || address.length > URI_LENGTH ? null : canonicalAddress(address);
  const uri = short ?? address;
  const account = status["account"];
  const acct = isFields(account) ? acctOf(account, teller) : null;
  const home = hostOf(short) ?? hostOf(url);
  const author = acct === null ? null : authorOf(acct, home ?? teller.host, teller, domainOf);
  return { url, uri, account, acct, home, author, teller };
}

/** Returns the key of the author of a status; null if the author cannot be read. */
export function authorKeyOf(status: unknown, context: TootContext): string | null {
  const author = isFields(status) ? identify(status, context).author : null;
  return author === null ? null : (context.hashAuthor ?? context.hash)(author.identity);
}

/**
 * Reads a status. Only public and unlisted statuses become records. A boost makes no record,
 * because the boosted status has its own. If the author does not want to be collected, the record
 * contains no text and nothing that names the status or the author, and its times are rounded to
 * the hour.
 *
 * @param status parsed JSON, unchecked
 *
 * @see https://docs.joinmastodon.org/entities/Status/
 *
 * @example
 * ```ts
 * import { keyedHash } from "./hash.ts";
 * import { toToot } from "./toot.ts";
 *
 * const reading = toToot({
 *   id: "116000000000000001",
 *   uri: "https://bread.example/users/ada/statuses/116000000000000001",
 *   created_at: "2026-02-01T08:30:00.000Z",
 *   visibility: "public",
 *   language: "en",
 *   content: "<p>Good morning &amp; good bread</p>",
 *   account: { acct: "ada", username: "ada" },
 * }, {
 *   baseURL: "https://bread.example",
 *   transport: "stream",
 *   observedAt: 1769934601000,
 *   consent: "opt-out",
 *   hashAuthors: false,
 *   hash: keyedHash(new Uint8Array(32)),
 * });
 * if (reading.kind !== "toot" || reading.toot.words !== 4) throw new Error();
 * if (reading.toot.author !== "ada@bread.example") throw new Error();
 * ```
 */
export function toToot(status: unknown, context: TootContext): Reading {
  const keepsAll = context.consent === "none" && !context.hashAuthors;
  if (!isFields(status)) {
    return { kind: "bad", reason: "expected a JSON object", mayKeep: keepsAll };
  }
  const why = whyLeftOut(status);
  if (why !== null) return { kind: "left-out", why };
  const { baseURL, hash, hashAuthors, observedAt, origins } = context;
  const { url, uri, account, acct, home, author, teller } = identify(status, context);
  const known = isFields(account) && acct !== null && author !== null;
  const withholding = known
    ? withholdingOf(account, author, { hashAuthor: hash, ...context })
    : null;
  const withheld = withholding?.reason ?? null;
  const id = idText(status["id"]);
  const given = millisecondsOf(status["created_at"]);
  const fault = id === null
    ? "the status has no usable id"
    : uri === null
    ? "the status has neither uri nor url"
    : uri.length > URI_LENGTH
    ? `the uri of the status is longer than ${URI_LENGTH} characters`
    : given === null
    ? "the status has no usable created_at"
    : !isFields(account)
    ? "the status has no account"
    : acct === null
    ? "the account has neither acct nor username"
    : null;
  if (
    fault !== null || withholding === null || !known || id === null || uri === null ||
    given === null
  ) {
    const isOpen = known && withheld === null && !hashAuthors;
    return { kind: "bad", reason: fault!, mayKeep: keepsAll || isOpen };
  }

  const uriKey = hash(uri);
  const authorKey = withholding.key;
  const open = withheld === null;
  const named = open && !hashAuthors;
  const origin = home ?? teller.host;
  const originKept = origin === null || !hashAuthors || author.home ||
    (origins?.isLarge(origin, authorKey) ?? false);

  const timeBelieved = believableTime(given, observedAt);
  const posted = timeBelieved ? given : observedAt;
  const edited = believableEdit(millisecondsOf(status["edited_at"]), observedAt);
  const time = open ? (at: number) => at : hourOf;
  const seconds = Math.floor(time(posted) / 1000);

  const language = wholeString(status["language"], LANGUAGE_LENGTH) ?? "unknown";
  const text = textOf(status["content"]);
  const allTags = list(status["tags"]);
  const tags = allTags.length > HASHTAGS ? allTags.slice(0, HASHTAGS) : allTags;
  const application = status["application"];
  const sensitive = status["sensitive"];
  const media = status["media_attachments"];
  const warning = shortString(status["spoiler_text"], NAME_LENGTH);

  const toot: Toot = {
    m_id: named ? longOf(id) : null,
    created_at: seconds === (seconds | 0) ? seconds : null,
    created_at_str: timeText(time(posted)),
    app: open && isFields(application) ? shortString(application["name"], NAME_LENGTH) : null,
    url: named ? url : null,
    base_url: baseURL,
    language,
    favourites: count(status["favourites_count"]) ?? 0,
    username: named
      ? shortString(account["username"], NAME_LENGTH) ?? acct.split("@")[0]!
      : open
      ? authorKey
      : null,
    bot: account["bot"] === true,
    tags: tags.length,
    characters: codePoints(text),
    words: countWords(text, language),
    mastodon_text: open ? text : null,
    uri: named ? uri : uriKey,
    status_id: named ? id : hash(`${baseURL}|${id}`),
    posted_at: time(posted),
    observed_at: time(observedAt),
    edited_at: edited === null ? null : time(edited),
    origin: !open ? null : originKept ? origin : hash(origin),
    author: named ? author.name : open ? authorKey : null,
    visibility: status["visibility"] as string,
    sensitive: warning !== null || sensitive === true ? true : sensitive === false ? false : null,
    reply: (status["in_reply_to_id"] ?? status["in_reply_to_account_id"] ?? null) !== null,
    reblogs: count(status["reblogs_count"]),
    replies: count(status["replies_count"]),
    media: Array.isArray(media) ? media.length : null,
    hashtags: open ? hashtagsOf(tags) : null,
    transport: context.transport,
    withheld,
    uri_key: uriKey,
    author_key: authorKey,
    quote: quotes(status),
    described_media: describedOf(media),
    warning: warning !== null,
    server_software: teller.software,
    home: author.home,
  };
  if (warning !== null) noteWarning(toot, warning);
  return { kind: "toot", toot, posted, timeBelieved };
}
