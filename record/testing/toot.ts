/**
 * Invented toots, deletes and coverage for tests.
 *
 * @module
 */
import type { Coverage, Deletion, Toot } from "../record.ts";

/** When toot 0 was posted. */
export const START = Date.UTC(2026, 0, 1);

/** Makes toot number `n`, posted `n` seconds after {@linkcode START}. `over` replaces fields. */
export function toot(n: number, over: Partial<Toot> = {}): Toot {
  const posted = over.posted_at ?? START + n * 1000;
  const { uri = `https://a.example/statuses/${n}`, author = "ann@a.example" } = over;
  return {
    m_id: 2n ** 60n + BigInt(n),
    created_at: Math.floor(posted / 1000),
    created_at_str: new Date(posted).toISOString().slice(0, 19).replaceAll("-", " ")
      .replace("T", " "),
    app: null,
    url: `https://a.example/@ann/${n}`,
    base_url: "https://a.example",
    language: "en",
    favourites: 0,
    username: "ann",
    bot: false,
    tags: 0,
    characters: 5,
    words: 1,
    mastodon_text: `text ${n}`,
    uri,
    status_id: String(n),
    posted_at: posted,
    observed_at: posted + 500,
    edited_at: null,
    origin: "a.example",
    author,
    visibility: "public",
    sensitive: false,
    reply: false,
    reblogs: 0,
    replies: 0,
    media: 0,
    hashtags: ["one", "two"],
    transport: "stream",
    withheld: null,
    uri_key: hashOf(uri),
    author_key: `key of ${author}`,
    quote: false,
    described_media: 0,
    warning: false,
    server_software: null,
    home: (over.base_url ?? "https://a.example") === "https://a.example",
    ...over,
  };
}

/** Returns a text that stands for the keyed hash of an address. A hash stays as it is. */
export function hashOf(uri: string): string {
  return uri.startsWith("hmac-sha256:") ? uri : `hmac-sha256:${uri.replaceAll(/\W/g, "_")}`;
}

/**
 * Makes a delete: `a.example`, or another server, reports that its status with the id `n` is
 * deleted.
 */
export function gone(n: number | string, base_url = "https://a.example"): Deletion {
  return { base_url, status_id: String(n), deleted_at: START + 86_400_000 };
}

/**
 * Makes coverage: minute `n` after {@linkcode START} was covered at `a.example`. `over` replaces
 * fields.
 */
export function covered(n: number, over: Partial<Coverage> = {}): Coverage {
  return {
    base_url: "https://a.example",
    timeline: "local",
    from: START + n * 60_000,
    until: START + (n + 1) * 60_000,
    transport: "stream",
    outcome: "covered",
    statuses: 2n,
    cause: null,
    recorded_at: START + (n + 2) * 60_000,
    ...over,
  };
}
