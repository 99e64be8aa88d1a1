/**
 * Writes Account entities as one server shows them.
 *
 * @see https://docs.joinmastodon.org/entities/Account/
 * @module
 */
import { snowflake } from "../ids.ts";
import type { Account } from "../world/accounts.ts";
import { escapeHtml } from "../../common/html.ts";
import { chance, hash } from "../world/hash.ts";
import type { World } from "../world/post.ts";
import { customEmoji } from "./attachments.ts";

const DAY = 86_400_000;

/**
 * Returns the id of an account on a server: a snowflake, which contains a time. On the account's
 * own server, that is the time of the sign-up. On another server, it is the time at which that
 * server first saw the account.
 */
export function accountId(account: Account, server: number): string {
  const known = account.home === server
    ? account.createdAt
    : account.createdAt + DAY + hash(server, account.index, 80) % (90 * DAY);
  return snowflake(known, account.index);
}

/**
 * Returns the name of an account on a server. The names of the server's own people contain no
 * domain.
 */
export function acct(account: Account, server: number): string {
  return account.home === server ? account.username : `${account.username}@${account.domain}`;
}

/** Returns the ActivityPub id of an account. */
export function accountURI({ origin, username, numericURI, createdAt, index }: Account): string {
  return numericURI
    ? `${origin}/ap/users/${snowflake(createdAt, index)}`
    : `${origin}/users/${username}`;
}

function bio(world: World, account: Account): string {
  const { seed, texts } = world;
  const { passages } = texts[account.language]!;
  const said = chance(seed, account.index, 82) < 0.2
    ? ""
    : `<p>${escapeHtml(passages[hash(seed, account.index, 83) % passages.length]!)}</p>`;
  return account.optOut === null
    ? said
    : `${said}<p><a href="${account.origin}/tags/${account.optOut}" ` +
      `class="mention hashtag" rel="tag">#<span>${account.optOut}</span></a></p>`;
}

/** Returns the Account entity of `account` on server number `server`. */
export function accountEntity(
  world: World,
  account: Account,
  server: number,
): Record<string, unknown> {
  const { seed, texts, now, domains } = world;
  const { index } = account;
  const number = (salt: number) => hash(seed, index, salt);
  const at = (salt: number) => chance(seed, index, salt);
  const local = account.home === server;
  const files = `https://files.${domains[server]}${local ? "" : "/cache"}`;
  const picture = (kind: string) =>
    `${files}/accounts/${kind}/${index}/original/${number(81).toString(16)}.png`;
  const { passages, headings } = texts[account.language]!;
  return {
    id: accountId(account, server),
    username: account.username,
    acct: acct(account, server),
    display_name: account.displayName,
    locked: at(85) < 0.1,
    bot: account.bot,
    discoverable: at(86) < 0.6,
    indexable: account.indexable,
    group: false,
    created_at: new Date(account.createdAt).toISOString(),
    note: bio(world, account),
    url: `${account.origin}/@${account.username}`,
    uri: accountURI(account),
    avatar: picture("avatars"),
    avatar_static: picture("avatars"),
    header: picture("headers"),
    header_static: picture("headers"),
    followers_count: Math.floor(2000 * at(87) ** 6) + number(88) % 300,
    following_count: number(89) % 900,
    statuses_count: number(90) % 20_000,
    last_status_at: new Date(now).toISOString().slice(0, 10),
    hide_collections: at(91) < 0.1,
    // Mastodon sends `noindex` for its own accounts only, because `noindex` is not federated.
    ...(local ? { noindex: account.noindex } : {}),
    emojis: account.displayName.includes(":verified_duck:")
      ? [customEmoji(domains[server]!, "verified_duck")]
      : [],
    ...(local ? { roles: [] } : {}),
    fields: at(84) < 0.3
      ? [{ name: headings[0]!, value: escapeHtml(passages[0]!.slice(0, 60)), verified_at: null }]
      : [],
  };
}
