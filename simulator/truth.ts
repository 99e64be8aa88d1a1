/**
 * What is true, whatever a client made of it.
 *
 * @module
 */
import type { Book } from "./book.ts";
import { allHashtags } from "./world/content.ts";

/** A status that was published and not deleted. */
export interface Truth {
  /** Its ActivityPub id, the same everywhere. */
  uri: string;
  /** The server of the federation that its author lives on, null for servers outside. */
  home: string | null;
  /** `user@domain`. */
  acct: string;
  bot: boolean;
  /** Its id on each server that has it, by the server's `baseURL`. */
  ids: Record<string, string>;
  /** Milliseconds since 1970. */
  posted: number;
  /** Null where never edited. */
  editedAt: number | null;
  language: string | null;
  /** What its home says of the app, null where it says nothing. */
  app: string | null;
  /** The HTML, as it is after the last edit; null for a hollow status. */
  content: string | null;
  /** What a person reads, lines parted by `\n`; null for a hollow status. */
  text: string | null;
  warning: string;
  hashtags: readonly string[];
  media: number;
  /** True for an answer to the author's own post. */
  reply: boolean;
  /** The author's opt-outs and opt-in. */
  noindex: boolean;
  optOut: string | null;
  indexable: boolean;
}

/** The truth of one post, whether it was deleted or not. */
export function truthOf(book: Book, baseURLs: readonly string[], index: number): Truth {
  const post = book.post(index), content = book.content(index);
  const { account } = post;
  const hollow = book.hollow.has(index);
  const ids: Record<string, string> = {};
  baseURLs.forEach((baseURL, server) => {
    const id = book.id(server, index);
    if (id !== undefined) ids[baseURL] = id;
  });
  return {
    uri: book.uri(index),
    home: account.home < 0 ? null : baseURLs[account.home]!,
    acct: `${account.username}@${account.domain}`,
    bot: account.bot,
    ids,
    posted: post.posted,
    editedAt: post.editedAt,
    language: hollow ? null : post.language,
    app: hollow || account.home < 0 || !account.showsClient ? null : post.client.name,
    content: hollow ? null : content.html,
    text: hollow ? null : content.text,
    warning: post.warning,
    hashtags: allHashtags(post).map((tag) => tag.toLowerCase()),
    media: post.media,
    reply: book.answers(index) >= 0,
    noindex: account.noindex,
    optOut: account.optOut,
    indexable: account.indexable,
  };
}
