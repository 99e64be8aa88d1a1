/**
 * The attachments of a status: pictures, a poll, the card of a link, custom emoji.
 *
 * @module
 */
import { snowflake } from "../ids.ts";
import { chance, hash } from "../world/hash.ts";
import { LANGUAGES } from "../world/languages.ts";
import type { Post, World } from "../world/post.ts";

const DAY = 86_400_000;

type Entity = Record<string, unknown>;

/**
 * Returns the CustomEmoji with a shortcode.
 *
 * @see https://docs.joinmastodon.org/entities/CustomEmoji/
 */
export function customEmoji(domain: string, shortcode: string): Entity {
  const url = (kind: string) =>
    `https://files.${domain}/custom_emojis/images/000/00${shortcode.length}/${kind}/${shortcode}.png`;
  return {
    shortcode,
    url: url("original"),
    static_url: url("static"),
    visible_in_picker: true,
  };
}

/**
 * Returns the pictures of a post.
 *
 * @see https://docs.joinmastodon.org/entities/MediaAttachment/
 */
export function mediaAttachments(world: World, post: Post, server: number): Entity[] {
  const { index, account } = post;
  const { passages } = world.texts[account.language]!;
  const here = `https://files.${world.domains[server]}`;
  return Array.from({ length: post.media }, (_, n) => {
    const name = hash(world.seed, index * 4 + n, 92).toString(16).padStart(8, "0");
    const path = `media_attachments/files/${name.slice(0, 3)}/${name.slice(3, 6)}`;
    return {
      id: snowflake(post.posted - 9_000 + n, index % 65_536),
      type: "image",
      url: `${here}/${path}/original/${name}.jpg`,
      preview_url: `${here}/${path}/small/${name}.jpg`,
      remote_url: account.home === server
        ? null
        : `https://files.${account.domain}/${path}/original/${name}.jpg`,
      preview_remote_url: null,
      text_url: null,
      meta: {
        original: { width: 1600, height: 1200, size: "1600x1200", aspect: 1.3333333333333333 },
        small: { width: 554, height: 416, size: "554x416", aspect: 1.3317307692307692 },
      },
      description: chance(world.seed, index * 4 + n, 93) < 0.6
        ? passages[(index + n) % passages.length]!
        : null,
      blurhash: "UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*",
    };
  });
}

/**
 * Returns the poll of a post; null if it has none. In a `fresh` poll nobody has voted yet. `mine`
 * adds the fields that only a signed-in reader gets.
 *
 * @see https://docs.joinmastodon.org/entities/Poll/
 */
export function poll(world: World, post: Post, fresh: boolean, mine: boolean): Entity | null {
  if (!post.poll) return null;
  const { index, account, posted } = post;
  const { headings } = world.texts[account.language]!;
  const votes = [0, 1, 2].map((n) => fresh ? 0 : hash(world.seed, index, 94 + n) % 40);
  const sum = votes.reduce((a, b) => a + b, 0);
  return {
    id: snowflake(posted, index % 65_536),
    expires_at: new Date(posted + DAY).toISOString(),
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
  };
}

/**
 * Returns the card of the link of a post; null if it has none.
 *
 * @see https://docs.joinmastodon.org/entities/PreviewCard/
 */
export function card(world: World, post: Post, server: number): Entity | null {
  if (!post.link?.card) return null;
  const { account, index, link } = post;
  const { passages, headings } = world.texts[account.language]!;
  return {
    url: link.url,
    title: headings[index % headings.length]!,
    description: passages[(index + 5) % passages.length]!.slice(0, 120),
    language: LANGUAGES[account.language]!.tag,
    type: "link",
    author_name: "",
    author_url: "",
    provider_name: link.url.split("/")[2]!,
    provider_url: "",
    html: "",
    width: 1200,
    height: 630,
    image: `https://files.${world.domains[server]}/cache/preview_cards/${index % 1000}/card.jpg`,
    image_description: "",
    embed_url: "",
    blurhash: "UBBVb7}?-Q589aRQIpt70#NeX9xZtQSh$*af",
    published_at: null,
    authors: [],
  };
}
