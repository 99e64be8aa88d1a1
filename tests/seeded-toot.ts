/**
 * Makes toots from the few fields that matter to a test.
 *
 * @module
 */
import type { Toot } from "../record/record.ts";
import { toot as aToot } from "../record/testing/toot.ts";

/** The fields of a toot that a test sets. All other fields get simple values. */
export type TootSeed = Partial<Toot> & Pick<Toot, "uri" | "posted_at">;

/** Makes a whole record from a seed. */
export function toot(seed: TootSeed): Toot {
  const { uri, posted_at, username = "ada", mastodon_text: text } = seed;
  const origin = new URL(uri).host;
  return {
    ...aToot(0, { posted_at }),
    m_id: null,
    url: uri,
    base_url: `https://${origin}`,
    username,
    characters: [...text ?? ""].length,
    words: (text ?? "").split(/\s+/).filter(Boolean).length,
    mastodon_text: text ?? "",
    status_id: uri.slice(uri.lastIndexOf("/") + 1),
    observed_at: posted_at + 1000,
    origin,
    author: `${username ?? "ada"}@${origin}`,
    hashtags: [],
    uri_key: `key of ${uri}`,
    author_key: `key of ${username ?? "ada"}@${origin}`,
    ...seed,
  };
}
