/**
 * Status entities as one server shows them, written as JSON by hand: a reader at
 * full speed takes tens of thousands a second.
 *
 * @see https://docs.joinmastodon.org/entities/Status/
 * @module
 */
import type { Book } from "./book.ts";
import { snowflake } from "./ids.ts";
import type { Account } from "./world/accounts.ts";
import { allHashtags, escapeHTML } from "./world/content.ts";
import { chance, hash } from "./world/hash.ts";
import { LANGUAGES } from "./world/languages.ts";
import type { Post } from "./world/post.ts";

const DAY = 86_400_000;
const quote = JSON.stringify;
const time = (ms: number) => new Date(ms).toISOString();

/** One server's way of showing statuses and accounts. */
export interface StatusWriter {
  /** The Status of post `index`, as JSON; `mine` adds what only a signed-in reader is told. */
  status(index: number, mine?: boolean): string;
  /** The Account of a place in the list of accounts, as JSON. */
  account(index: number): string;
}

/** Writes what server number `server` knows. */
export function createStatusWriter(book: Book, server: number): StatusWriter {
  const { world } = book;
  const domain = world.domains[server]!;
  const files = `https://files.${domain}`;
  const accounts: string[] = [];

  const accountId = (account: Account) =>
    account.home === server ? snowflake(account.createdAt, account.index) : snowflake(
      account.createdAt + DAY + hash(server, account.index, 80) % (90 * DAY),
      account.index,
    );
  const acct = (account: Account) =>
    account.home === server ? account.username : `${account.username}@${account.domain}`;

  const emojis = (names: readonly string[]) =>
    `[${
      names.map((name) => {
        const url = `${files}/custom_emojis/images/000/00${name.length}/original/${name}.png`;
        const still = url.replace("original", "static");
        return `{"shortcode":"${name}","url":"${url}","static_url":"${still}","visible_in_picker":true}`;
      }).join(",")
    }]`;

  const writeAccount = (account: Account): string => {
    const { seed, texts, now } = world;
    const number = (salt: number) => hash(seed, account.index, salt);
    const at = (salt: number) => chance(seed, account.index, salt);
    const local = account.home === server;
    const cache = local ? files : `${files}/cache`;
    const { passages, headings } = texts[account.language]!;
    const picture = (kind: string) =>
      `${cache}/accounts/${kind}/${account.index}/original/${number(81).toString(16)}.png`;
    let note = at(82) < 0.2 ? "" : `<p>${escapeHTML(passages[number(83) % passages.length]!)}</p>`;
    if (account.optOut) {
      note += `<p><a href="https://${account.domain}/tags/${account.optOut}" ` +
        `class="mention hashtag" rel="tag">#<span>${account.optOut}</span></a></p>`;
    }
    const fields = at(84) < 0.3
      ? [{ name: headings[0]!, value: escapeHTML(passages[0]!.slice(0, 60)), verified_at: null }]
      : [];
    return quote({
      id: accountId(account),
      username: account.username,
      acct: acct(account),
      display_name: account.displayName,
      locked: at(85) < 0.1,
      bot: account.bot,
      discoverable: at(86) < 0.6,
      indexable: account.indexable,
      group: false,
      created_at: time(account.createdAt),
      note,
      url: `https://${account.domain}/@${account.username}`,
      uri: account.numericURI
        ? `https://${account.domain}/ap/users/${snowflake(account.createdAt, account.index)}`
        : `https://${account.domain}/users/${account.username}`,
      avatar: picture("avatars"),
      avatar_static: picture("avatars"),
      header: picture("headers"),
      header_static: picture("headers"),
      followers_count: Math.floor(2000 * at(87) ** 6) + number(88) % 300,
      following_count: number(89) % 900,
      statuses_count: number(90) % 20_000,
      last_status_at: time(now).slice(0, 10),
      hide_collections: at(91) < 0.1,
      // Mastodon tells this of its own accounts only.
      ...(local ? { noindex: account.noindex } : {}),
      emojis: [],
      ...(local ? { roles: [] } : {}),
      fields,
    }).replace(
      '"emojis":[]',
      `"emojis":${
        emojis(account.displayName.includes(":verified_duck:") ? ["verified_duck"] : [])
      }`,
    );
  };
  const account = (index: number) => accounts[index] ??= writeAccount(world.accounts.all[index]!);

  const media = (post: Post): string => {
    const { index, account } = post;
    const { passages } = world.texts[account.language]!;
    const attachments: string[] = [];
    for (let n = 0; n < post.media; n++) {
      const name = hash(world.seed, index * 4 + n, 92).toString(16).padStart(8, "0");
      const path = `media_attachments/files/${name.slice(0, 3)}/${name.slice(3, 6)}`;
      const described = chance(world.seed, index * 4 + n, 93) < 0.6;
      const remote = account.home === server
        ? "null"
        : `"https://files.${account.domain}/${path}/original/${name}.jpg"`;
      const id = snowflake(post.posted - 9_000 + n, index % 65_536);
      attachments.push(
        `{"id":"${id}","type":"image","url":"${files}/${path}/original/${name}.jpg",` +
          `"preview_url":"${files}/${path}/small/${name}.jpg","remote_url":${remote},` +
          `"preview_remote_url":null,"text_url":null,"meta":{"original":{"width":1600,"height":1200,` +
          `"size":"1600x1200","aspect":1.3333333333333333},"small":{"width":554,"height":416,` +
          `"size":"554x416","aspect":1.3317307692307692}},"description":${
            described ? quote(passages[(index + n) % passages.length]) : "null"
          },"blurhash":"UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*"}`,
      );
    }
    return `[${attachments.join(",")}]`;
  };

  const poll = (post: Post, mine: boolean): string => {
    if (!post.poll) return "null";
    const { index, account, posted } = post;
    const { headings } = world.texts[account.language]!;
    const live = index >= book.history;
    const votes = [0, 1, 2].map((n) => live ? 0 : hash(world.seed, index, 94 + n) % 40);
    const sum = votes.reduce((a, b) => a + b, 0);
    return quote({
      id: snowflake(posted, index % 65_536),
      expires_at: time(posted + DAY),
      expired: posted + DAY < world.now,
      multiple: false,
      votes_count: sum,
      voters_count: sum,
      ...(mine ? { voted: false, own_votes: [] } : {}),
      options: votes.map((votes_count, n) => ({
        title: `${n + 1}. ${headings[(index + n * 7) % headings.length]}`,
        votes_count,
      })),
      emojis: [],
    });
  };

  const card = (post: Post): string => {
    if (!post.link?.card) return "null";
    const { account, index } = post;
    const { passages, headings } = world.texts[account.language]!;
    const host = post.link.url.split("/")[2]!;
    return `{"url":${quote(post.link.url)},"title":${quote(headings[index % headings.length])},` +
      `"description":${quote(passages[(index + 5) % passages.length]!.slice(0, 120))},` +
      `"language":"${
        LANGUAGES[account.language]!.tag
      }","type":"link","author_name":"","author_url":"",` +
      `"provider_name":"${host}","provider_url":"","html":"","width":1200,"height":630,` +
      `"image":"${files}/cache/preview_cards/images/${index % 1000}/original/card.jpg",` +
      `"image_description":"","embed_url":"","blurhash":"UBBVb7}?-Q589aRQIpt70#NeX9xZtQSh$*af",` +
      `"published_at":null,"authors":[]}`;
  };

  const quoted = (post: Post, mine: boolean, shallow: boolean): string => {
    const id = post.quotes < 0 ? undefined : book.id(server, post.quotes);
    if (id === undefined) return "null";
    return shallow
      ? `{"state":"accepted","quoted_status_id":"${id}"}`
      : `{"state":"accepted","quoted_status":${write(post.quotes, mine, true)}}`;
  };

  const write = (index: number, mine: boolean, shallow: boolean): string => {
    // A quoted post is made in between: hold on to this one's content first.
    const post = book.post(index), { html } = book.content(index);
    const author = post.account, local = author.home === server;
    const hollow = book.hollow.has(index);
    const to = book.answers(index);
    const answered = to < 0 ? undefined : book.id(server, to);
    const count = (salt: number, most: number) =>
      index < book.history ? Math.floor(most * chance(world.seed, index, salt) ** 5) : 0;
    const application = hollow
      ? `"application":null,`
      : local
      ? author.showsClient
        ? `"application":{"name":${quote(post.client.name)},"website":${
          quote(post.client.website)
        }},`
        : ""
      : author.index % 2 === 0
      ? `"application":null,`
      : "";
    const mention = post.mention;
    const tags = allHashtags(post).map((tag) =>
      `{"name":${quote(tag.toLowerCase())},"url":"https://${domain}/tags/${
        encodeURIComponent(tag)
      }"}`
    ).join(",");
    return `{"id":"${book.id(server, index)}","created_at":"${time(post.posted)}",` +
      `"in_reply_to_id":${answered === undefined ? "null" : `"${answered}"`},` +
      `"in_reply_to_account_id":${answered === undefined ? "null" : `"${accountId(author)}"`},` +
      `"sensitive":${post.warning !== "" || (post.media > 0 && index % 11 === 0)},` +
      `"spoiler_text":${quote(post.warning)},"visibility":"public",` +
      `"language":${post.language === null || hollow ? "null" : `"${post.language}"`},` +
      `"uri":"${book.uri(index)}","url":${hollow ? "null" : `"${book.url(index)}"`},` +
      `"replies_count":${count(100, 6)},"reblogs_count":${count(101, 60)},` +
      `"favourites_count":${count(102, 150)},"quotes_count":0,` +
      `"edited_at":${post.editedAt === null ? "null" : `"${time(post.editedAt)}"`},` +
      (mine
        ? `"favourited":false,"reblogged":false,"muted":false,"bookmarked":false,"filtered":[],`
        : "") +
      `"content":${hollow ? "null" : quote(html)},"reblog":null,${application}` +
      `"account":${account(author.index)},"media_attachments":${media(post)},` +
      `"mentions":[${
        mention
          ? `{"id":"${accountId(mention)}","username":"${mention.username}",` +
            `"url":"https://${mention.domain}/@${mention.username}","acct":"${acct(mention)}"}`
          : ""
      }],"tags":[${tags}],"emojis":${emojis(post.emoji ? [post.emoji] : [])},` +
      `"quote":${quoted(post, mine, shallow)},"card":${card(post)},"poll":${poll(post, mine)},` +
      `"quote_approval":{"automatic":["public"],"manual":[],"current_user":"automatic"}}`;
  };

  return { account, status: (index, mine = false) => write(index, mine, false) };
}
