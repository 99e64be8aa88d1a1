/**
 * The body of a post, as Mastodon's HTML and as plain text.
 *
 * @module
 */
import { escapeHtml } from "../../common/html.ts";
import { LANGUAGES } from "./languages.ts";
import type { Post, World } from "./post.ts";
import { TOPICS } from "./topics.ts";

/** The body of a post. */
export interface Content {
  html: string;
  /**
   * The text as a person reads it. Paragraphs and line breaks are `\n`, and invisible parts are
   * left out.
   */
  text: string;
}

const escapedPassages: string[][] = [];

function passage(world: World, language: number, place: number): string {
  const cache = escapedPassages[language] ??= [];
  return cache[place] ??= escapeHtml(world.texts[language]!.passages[place]!);
}

/** Makes a link. It is displayed as its first thirty characters, without the scheme and `www.`. */
function link(url: string): Content {
  const [, hidden, rest] = url.match(/^(https?:\/\/(?:www\.)?)(.*)$/)!;
  const shown = rest!.slice(0, 30), cut = rest!.length > 30;
  return {
    html: `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener" translate="no">` +
      `<span class="invisible">${hidden}</span><span class="${cut ? "ellipsis" : ""}">${
        escapeHtml(shown)
      }</span><span class="invisible">${escapeHtml(rest!.slice(30))}</span></a>`,
    text: cut ? `${shown}…` : shown,
  };
}

/**
 * Makes the body of `post`. `quoted` is the address of the quoted post; null if it quotes none.
 * Older clients show a line with this address instead of the quote.
 */
export function contentOf(world: World, post: Post, quoted: string | null): Content {
  const { account } = post;
  const { topics } = LANGUAGES[account.language]!;
  const { passages } = world.texts[account.language]!;
  let html = "", text = "";
  if (quoted !== null) html += `<p class="quote-inline">RE: ${link(quoted).html}</p>`;
  html += "<p>";
  if (post.mention) {
    const { username, origin } = post.mention;
    html += `<span class="h-card" translate="no"><a href="${origin}/@${username}" ` +
      `class="u-url mention">@<span>${username}</span></a></span> `;
    text += `@${username} `;
  }
  if (post.topic >= 0) {
    html += `${topics[post.topic]}! `;
    text += `${topics[post.topic]}! `;
  }
  post.passages.forEach((place, i) => {
    if (i > 0) {
      html += "</p><p>";
      text += "\n";
    }
    html += passage(world, account.language, place);
    text += passages[place]!;
  });
  if (post.emoji) {
    html += ` :${post.emoji}:`;
    text += ` :${post.emoji}:`;
  }
  if (post.link) {
    const shown = link(post.link.url);
    html += `<br />${shown.html}`;
    text += `\n${shown.text}`;
  }
  html += "</p>";
  const hashtags = allHashtags(post);
  if (hashtags.length > 0) {
    html += `<p>${
      hashtags.map((tag) =>
        `<a href="${account.origin}/tags/${encodeURIComponent(tag)}" ` +
        `class="mention hashtag" rel="tag">#<span>${tag}</span></a>`
      ).join(" ")
    }</p>`;
    text += `\n${hashtags.map((tag) => `#${tag}`).join(" ")}`;
  }
  return { html, text };
}

/** Returns the post's hashtags, including the hashtag of its topic. */
export function allHashtags(post: Post): readonly string[] {
  return post.topic < 0 ? post.hashtags : [...post.hashtags, TOPICS[post.topic]!.tag];
}
