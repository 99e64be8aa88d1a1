/**
 * The truth about a status. Tests compare a reader's result with it.
 *
 * @module
 */
import type { Book } from "./book.ts";
import type { FaultKind } from "./faults/fault.ts";
import { allHashtags } from "./world/content.ts";

/** What a reader should know about one published status. */
export interface Truth {
  /** Its ActivityPub id, which is the same on all servers. */
  uri: string;
  /** The `baseURL` of its author's server; null if that server is not part of the federation. */
  home: string | null;
  /** The full name of its author: `user@domain`. */
  acct: string;
  bot: boolean;
  /** Its id on each server that has it, by the server's `baseURL`. */
  ids: Record<string, string>;
  /** When it was posted, in milliseconds since 1970. */
  posted: number;
  /** When it was last edited, in milliseconds since 1970; null if never. */
  editedAt: number | null;
  language: string | null;
  /** The app that the author's server sends; null if it sends none. */
  app: string | null;
  /** The HTML after the last edit; null for a status with the fault `nulls`. */
  content: string | null;
  /** The text as a person reads it, with lines separated by `\n`; null if the content is null. */
  text: string | null;
  warning: string;
  hashtags: readonly string[];
  media: number;
  /** True for a reply to the author's own post. */
  reply: boolean;
  /** The author's opt-outs and opt-in. */
  noindex: boolean;
  optOut: string | null;
  indexable: boolean;
  /** True for a status that must not leave its server. A reader must not keep it. */
  localOnly: boolean;
  /** The kinds of faults that changed the status on its author's server. */
  altered: readonly FaultKind[];
}

/** Returns the truth about one post, even if it is deleted. */
export function truthOf(book: Book, baseURLs: readonly string[], index: number): Truth {
  const post = book.post(index), content = book.content(index);
  const { account } = post;
  const incomplete = book.incomplete.has(index);
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
    language: incomplete ? null : post.language,
    app: incomplete || account.home < 0 || !account.showsClient ? null : post.client.name,
    content: incomplete ? null : content.html,
    text: incomplete ? null : content.text,
    warning: post.warning,
    hashtags: allHashtags(post).map((tag) => tag.toLowerCase()),
    media: post.media,
    reply: book.answers(index) >= 0,
    noindex: account.noindex,
    optOut: account.optOut,
    indexable: account.indexable,
    localOnly: book.localOnly.has(index),
    altered: (book.altered[account.home]?.get(index) ?? []).map(({ kind }) => kind),
  };
}
