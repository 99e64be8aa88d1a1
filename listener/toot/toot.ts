/**
 * From a status, as any Mastodon-compatible server sends it, to the record.
 *
 * @module
 */
import type { Toot, Transport } from "../../record/record.ts";
import { type Consent, NOT_INDEXABLE, withheldReason } from "./consent.ts";
import type { KeyedHash } from "./hash.ts";
import type { OptOuts } from "./known-opt-outs.ts";
import { authorOf, hostOf } from "./origin.ts";
import { textOf } from "./text.ts";
import { millisecondsOf, timeText } from "./time.ts";
import { countWords } from "./words.ts";

/** What is kept of whom. */
export interface Privacy {
  readonly consent: Consent;
  /** Whether every author is hashed, and every address that would give the author away. */
  readonly hashAuthors: boolean;
  readonly hash: KeyedHash;
  /** What other servers have said of authors; noted here too. */
  readonly optOuts?: OptOuts;
}

/** What a status does not say about itself. */
export interface TootContext extends Privacy {
  /** The server that we heard it from. */
  readonly baseURL: string;
  readonly transport: Transport;
  /** Milliseconds since 1970. */
  readonly observedAt: number;
  /** What that server says of itself, where it was asked. */
  readonly server?: ServerIdentity;
}

/** What a server says of itself. */
export interface ServerIdentity {
  /** The domain of its accounts, which may differ from its host; null where it does not say. */
  readonly domain: string | null;
  /** `mastodon 4.5.0`; null where it does not say. */
  readonly software: string | null;
}

/** What became of a status: a record, left out by rule, or not to be understood. */
export type Reading =
  | { readonly kind: "toot"; readonly toot: Toot }
  | { readonly kind: "left-out"; readonly why: "boost" | "visibility" }
  | { readonly kind: "bad"; readonly reason: string };

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const bad = (reason: string): Reading => ({ kind: "bad", reason });

/** A string that is there, in Unicode that is whole. */
function string(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.toWellFormed() : null;
}

/** A count as an Avro int; null where it is none. */
function count(value: unknown): number | null {
  if (typeof value !== "number" || Number.isNaN(value)) return null;
  return Math.min(Math.max(Math.trunc(value), 0), 0x7FFF_FFFF);
}

const list = (value: unknown): unknown[] => Array.isArray(value) ? value : [];

/** Old servers number their statuses; a number beyond 2^53 has lost digits. */
function idOf(id: unknown): string | null {
  return Number.isSafeInteger(id) || typeof id === "bigint" ? String(id) : string(id);
}

const LAST_LONG = 2n ** 63n - 1n;

function longOf(id: string): bigint | null {
  if (!/^\d{1,19}$/.test(id)) return null;
  const long = BigInt(id);
  return long <= LAST_LONG ? long : null;
}

const BEYOND_16_BITS = /[\uDC00-\uDFFF]/;

function codePoints(text: string): number {
  let count = text.length;
  if (!BEYOND_16_BITS.test(text)) return count;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xFC00) === 0xDC00) count--;
  return count;
}

/** Whether a status quotes another: Mastodon sends an object, other software the id. */
function quotes(status: Fields): boolean {
  const { quote, quote_id } = status;
  return isFields(quote) || string(quote_id) !== null;
}

function describedOf(media: unknown): number | null {
  if (!Array.isArray(media)) return null;
  return media.filter((file) => isFields(file) && string(file["description"]) !== null).length;
}

function hashtagsOf(tags: unknown[]): string[] {
  const names: string[] = [];
  for (const tag of tags) {
    const name = string(isFields(tag) ? tag["name"] : tag);
    if (name !== null) names.push(name.replace(/^#/, "").toLowerCase());
  }
  return names;
}

function reasonToWithhold(
  account: Fields,
  author: string,
  { consent, optOuts }: Privacy,
): string | null {
  const reason = withheldReason(account, consent);
  if (consent === "none" || optOuts === undefined) return reason;
  if (reason === null) return optOuts.reasonOf(author);
  if (reason !== NOT_INDEXABLE) optOuts.note(author, reason);
  return reason;
}

const UNKNOWN: ServerIdentity = { domain: null, software: null };

/**
 * Reads a status. Only public and unlisted ones become records, and boosts are
 * none: the boosted status has its own. Where the author does not want to be
 * collected the record keeps counts and language and no more.
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
  if (!isFields(status)) return bad("the status is no JSON object");
  if (isFields(status["reblog"])) return { kind: "left-out", why: "boost" };
  const visibility = status["visibility"];
  if (visibility !== "public" && visibility !== "unlisted") {
    return { kind: "left-out", why: "visibility" };
  }

  const id = idOf(status["id"]);
  if (id === null) return bad(`the status has no usable id: ${JSON.stringify(status["id"])}`);
  const url = string(status["url"]);
  const uri = string(status["uri"]) ?? url;
  if (uri === null) return bad("the status has neither uri nor url");
  const posted = millisecondsOf(status["created_at"]);
  if (posted === null) {
    return bad(`the status has no usable created_at: ${JSON.stringify(status["created_at"])}`);
  }
  const account = status["account"];
  if (!isFields(account)) return bad("the status has no account");
  const acct = string(account["acct"]) ?? string(account["username"]);
  if (acct === null) return bad("the account has neither acct nor username");

  const { baseURL, hash } = context;
  const { server = UNKNOWN } = context;
  const origin = hostOf(uri) ?? hostOf(url) ?? hostOf(baseURL);
  const host = hostOf(baseURL);
  const name = authorOf(acct, server.domain ?? origin ?? baseURL);
  const itsOwn = name.endsWith(`@${host}`) || name.endsWith(`@${server.domain}`);
  const uriKey = hash(uri), authorKey = hash(name.toLowerCase());
  const withheld = reasonToWithhold(account, name, context);
  const open = withheld === null;
  const named = open && !context.hashAuthors;
  const author = open ? name : null;
  const authorHash = author !== null && context.hashAuthors ? authorKey : null;

  const language = string(status["language"]) ?? "unknown";
  const text = textOf(status["content"]);
  const tags = list(status["tags"]);
  const application = status["application"];
  const seconds = Math.floor(posted / 1000);
  const sensitive = status["sensitive"];

  return {
    kind: "toot",
    toot: {
      m_id: named ? longOf(id) : null,
      created_at: seconds === (seconds | 0) ? seconds : null,
      created_at_str: timeText(posted),
      app: open && isFields(application) ? string(application["name"]) : null,
      url: named ? url : null,
      base_url: baseURL,
      language,
      favourites: count(status["favourites_count"]) ?? 0,
      username: named ? string(account["username"]) ?? acct.split("@")[0]! : authorHash,
      bot: account["bot"] === true,
      tags: tags.length,
      characters: codePoints(text),
      words: countWords(text, language),
      mastodon_text: open ? text : null,
      uri: named ? uri : uriKey,
      status_id: named ? id : hash(`${baseURL}|${id}`),
      posted_at: posted,
      observed_at: context.observedAt,
      edited_at: millisecondsOf(status["edited_at"]),
      origin: open ? origin : null,
      author: authorHash ?? author,
      visibility,
      sensitive: string(status["spoiler_text"]) !== null || sensitive === true
        ? true
        : sensitive === false
        ? false
        : null,
      reply: (status["in_reply_to_id"] ?? status["in_reply_to_account_id"] ?? null) !== null,
      reblogs: count(status["reblogs_count"]),
      replies: count(status["replies_count"]),
      media: Array.isArray(status["media_attachments"]) ? status["media_attachments"].length : null,
      hashtags: open ? hashtagsOf(tags) : null,
      transport: context.transport,
      withheld,
      uri_key: uriKey,
      author_key: authorKey,
      quote: quotes(status),
      described_media: describedOf(status["media_attachments"]),
      warning: string(status["spoiler_text"]) !== null,
      server_software: server.software,
      home: itsOwn && (origin === host || origin === server.domain),
    },
  };
}
