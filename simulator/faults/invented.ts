/**
 * Statuses that nobody posted. A hostile server fills pages and streams with them.
 *
 * @module
 */

/** The properties in which invented statuses differ. */
export interface Invented {
  id: string;
  /** The author's number. */
  author: number;
  /** The author's domain; `null` for the server's own people. */
  domain: string | null;
  /** True if the author opts out. */
  noindex: boolean;
  /** When it was posted, in milliseconds since 1970. */
  posted: number;
}

/** Returns the JSON of an invented status of the server whose addresses begin with `origin`. */
export function inventStatus(origin: string, status: Invented): string {
  const { id, author, domain, noindex, posted } = status;
  const username = `invented${author}`;
  const home = domain === null ? origin : `https://${domain}`;
  return JSON.stringify({
    id,
    created_at: new Date(posted).toISOString(),
    in_reply_to_id: null,
    in_reply_to_account_id: null,
    sensitive: false,
    spoiler_text: "",
    visibility: "public",
    language: "en",
    uri: `${home}/users/${username}/statuses/${id}`,
    url: `${home}/@${username}/${id}`,
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    edited_at: null,
    content: "<p>Invented</p>",
    reblog: null,
    application: null,
    account: {
      id: String(author),
      username,
      acct: domain === null ? username : `${username}@${domain}`,
      display_name: username,
      bot: false,
      indexable: false,
      note: noindex ? "<p>#nobot</p>" : "",
      url: `${home}/@${username}`,
      uri: `${home}/users/${username}`,
      noindex,
      fields: [],
      emojis: [],
    },
    media_attachments: [],
    mentions: [],
    tags: [],
    emojis: [],
    card: null,
    poll: null,
  });
}
