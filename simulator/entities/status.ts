/**
 * Writes Status entities as one server shows them. The JSON is built from strings, because a reader
 * at full speed takes tens of thousands of statuses per second, and building objects would be too
 * slow for that.
 *
 * @see https://docs.joinmastodon.org/entities/Status/
 * @module
 */
import type { Book } from "../book.ts";
import { allHashtags } from "../world/content.ts";
import { chance } from "../world/hash.ts";
import type { Post } from "../world/post.ts";
import { accountEntity, accountId, acct } from "./account.ts";
import { card, customEmoji, mediaAttachments, poll } from "./attachments.ts";
import { type Json, plainJson } from "./json.ts";

let lastTime = NaN, lastText = "";
/**
 * Formats a time as ISO 8601. The last result is cached, because at full speed many posts share a
 * millisecond.
 */
function time(ms: number): string {
  if (ms !== lastTime) lastText = new Date(lastTime = ms).toISOString();
  return lastText;
}

/** Writes statuses and accounts as one server shows them. */
export interface StatusWriter {
  /**
   * Returns the Status of post `index`. `mine` adds the fields that only a signed-in reader gets.
   */
  status(index: number, mine?: boolean): string;
  /** Returns the Account with this index in the list of all accounts. */
  account(index: number): string;
}

/** Creates the writer of server number `server`, for one of the two forms of JSON. */
export function createStatusWriter(
  book: Book,
  server: number,
  json: Json = plainJson,
): StatusWriter {
  const { world } = book;
  const domain = world.domains[server]!;
  const own = world.accounts.all.find(({ home }) => home === server);
  const accounts: string[] = [];
  const text = (value: string | null | undefined) =>
    value === null || value === undefined ? "null" : json`"${value}"`;

  const account = (index: number) =>
    accounts[index] ??= json.of(accountEntity(world, world.accounts.all[index]!, server));

  const tags = (post: Post) =>
    allHashtags(post).map((tag) =>
      json`{"name":${json.of(tag.toLowerCase())},"url":"${own?.origin ?? ""}/tags/${
        encodeURIComponent(tag)
      }"}`
    ).join(",");

  const mentions = ({ mention }: Post) =>
    mention
      ? json`{"id":"${accountId(mention, server)}","username":"${mention.username}",` +
        json`"url":"${mention.origin}/@${mention.username}","acct":"${acct(mention, server)}"}`
      : "";

  /**
   * Writes the app. Only the author's own server sends it; other servers send null, or leave it
   * out.
   */
  const application = (post: Post, incomplete: boolean) => {
    const { account, client } = post;
    if (incomplete || (account.home !== server && account.index % 2 === 0)) {
      return json`"application":null,`;
    }
    return account.home === server && account.showsClient
      ? json`"application":${json.of(client)},`
      : "";
  };

  const quote = (post: Post, mine: boolean, shallow: boolean): string => {
    const id = post.quotes < 0 ? undefined : book.id(server, post.quotes);
    if (id === undefined) return "null";
    return shallow
      ? json`{"state":"accepted","quoted_status_id":"${id}"}`
      : json`{"state":"accepted","quoted_status":${write(post.quotes, mine, true)}}`;
  };

  const write = (index: number, mine: boolean, shallow: boolean): string => {
    // The content is read first, because reading a quoted post would replace this one in the book's
    // cache.
    const post = book.post(index), { html } = book.content(index);
    const author = post.account;
    const incomplete = book.incomplete.has(index);
    const to = book.answers(index);
    const answered = to < 0 ? undefined : book.id(server, to);
    const fresh = index >= book.history;
    const count = (salt: number, most: number) =>
      fresh ? 0 : Math.floor(most * chance(world.seed, index, salt) ** 5);
    return json`{"id":"${book.id(server, index)!}","created_at":"${time(post.posted)}",` +
      json`"in_reply_to_id":${text(answered)},"in_reply_to_account_id":${
        text(answered && accountId(author, server))
      },"sensitive":${post.warning !== "" || (post.media > 0 && index % 11 === 0)},` +
      json`"spoiler_text":${json.of(post.warning)},"visibility":"public",` +
      json`"language":${text(incomplete ? null : post.language)},"uri":"${book.uri(index)}",` +
      json`"url":${text(incomplete ? null : book.url(index))},"replies_count":${count(100, 6)},` +
      json`"reblogs_count":${count(101, 60)},"favourites_count":${count(102, 150)},` +
      json`"quotes_count":0,"edited_at":${
        text(post.editedAt === null ? null : time(post.editedAt))
      },` +
      (mine
        ? json`"favourited":false,"reblogged":false,"muted":false,"bookmarked":false,"filtered":[],`
        : "") +
      json`"content":${incomplete ? "null" : json.of(html)},"reblog":null,${
        application(post, incomplete)
      }"account":${account(author.index)},"media_attachments":${
        post.media ? json.of(mediaAttachments(world, post, server)) : "[]"
      },"mentions":[${mentions(post)}],"tags":[${tags(post)}],"emojis":${
        post.emoji ? json.of([customEmoji(domain, post.emoji)]) : "[]"
      },"quote":${quote(post, mine, shallow)},"card":${
        post.link?.card ? json.of(card(world, post, server)) : "null"
      },"poll":${post.poll ? json.of(poll(world, post, fresh, mine)) : "null"},` +
      json`"quote_approval":{"automatic":["public"],"manual":[],"current_user":"automatic"}}`;
  };

  return { account, status: (index, mine = false) => write(index, mine, false) };
}
