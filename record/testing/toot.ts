/**
 * Invented toots and deletes.
 *
 * @module
 */
import type { Deletion, Toot } from "../record.ts";

/** When toot 0 was posted. */
export const START = Date.UTC(2026, 0, 1);

/** Toot number `n`, posted `n` seconds after {@linkcode START}; `over` replaces fields. */
export function toot(n: number, over: Partial<Toot> = {}): Toot {
  const posted = over.posted_at ?? START + n * 1000;
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
    uri: `https://a.example/statuses/${n}`,
    status_id: String(n),
    posted_at: posted,
    observed_at: posted + 500,
    edited_at: null,
    origin: "a.example",
    author: "ann@a.example",
    visibility: "public",
    sensitive: false,
    reply: false,
    reblogs: 0,
    replies: 0,
    media: 0,
    hashtags: ["one", "two"],
    transport: "stream",
    withheld: null,
    ...over,
  };
}

/** Server `a.example`, or another, says that the status with its id `n` is gone. */
export function gone(n: number | string, base_url = "https://a.example"): Deletion {
  return { base_url, status_id: String(n), deleted_at: START + 86_400_000 };
}
