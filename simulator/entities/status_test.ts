import assert from "node:assert/strict";
import { parseDocument } from "htmlparser2";
import { type Federation, startFederation } from "../mod.ts";
import { plainJson, quotedJson } from "./json.ts";

const NOW = Date.parse("2026-11-20T18:00:00Z");

// deno-lint-ignore no-explicit-any
type Any = any;
type Check = (value: Any) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isSafeInteger(value) && value >= 0;
const nothing: Check = (value) => value === null;
const time: Check = (value) => text(value) && new Date(value).toISOString() === value;
const day: Check = (value) => text(value) && /^\d{4}-\d\d-\d\d$/.test(value);
const id: Check = (value) => text(value) && /^\d{17,19}$/.test(value) && BigInt(value) > 2n ** 53n;
const url: Check = (value) => text(value) && URL.canParse(value);
const or = (...checks: Check[]): Check => (value) => checks.some((check) => check(value));
const list = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
/** Checks that an object has exactly these keys. Keys with `?` may be missing. */
const shape = (checks: Record<string, Check>): Check => (value) => {
  if (typeof value !== "object" || value === null) return false;
  const known = new Set(Object.keys(checks).map((key) => key.replace("?", "")));
  return Object.keys(value).every((key) => known.has(key)) &&
    Object.entries(checks).every(([key, check]) => {
      const name = key.replace("?", "");
      if (!(name in value)) return key.endsWith("?");
      if (check(value[name])) return true;
      throw new assert.AssertionError({ message: `${name}: ${JSON.stringify(value[name])}` });
    });
};

const emoji = shape({ shortcode: text, url, static_url: url, visible_in_picker: flag });
const account = shape({
  id,
  username: text,
  acct: text,
  display_name: text,
  locked: flag,
  bot: flag,
  discoverable: flag,
  indexable: flag,
  group: flag,
  created_at: time,
  note: text,
  url,
  uri: url,
  avatar: url,
  avatar_static: url,
  header: url,
  header_static: url,
  followers_count: count,
  following_count: count,
  statuses_count: count,
  last_status_at: day,
  hide_collections: flag,
  "noindex?": flag,
  emojis: list(emoji),
  "roles?": list(text),
  fields: list(shape({ name: text, value: text, verified_at: nothing })),
});
const status = shape({
  id,
  created_at: time,
  in_reply_to_id: or(nothing, id),
  in_reply_to_account_id: or(nothing, id),
  sensitive: flag,
  spoiler_text: text,
  visibility: (value) => value === "public",
  language: or(nothing, text),
  uri: url,
  url,
  replies_count: count,
  reblogs_count: count,
  favourites_count: count,
  quotes_count: count,
  edited_at: or(nothing, time),
  "favourited?": flag,
  "reblogged?": flag,
  "muted?": flag,
  "bookmarked?": flag,
  "filtered?": list(nothing),
  content: text,
  reblog: nothing,
  "application?": or(nothing, shape({ name: text, website: or(nothing, url) })),
  account,
  media_attachments: list((value) => id(value.id) && url(value.url) && value.type === "image"),
  mentions: list(shape({ id, username: text, url, acct: text })),
  tags: list(shape({ name: text, url })),
  emojis: list(emoji),
  quote: or(
    nothing,
    (value) =>
      value.state === "accepted" && (value.quoted_status_id ?? status(value.quoted_status)),
  ),
  card: or(nothing, (value) => url(value.url) && text(value.title) && value.type === "link"),
  poll: or(
    nothing,
    (value) => id(value.id) && value.options.length === 3 && time(value.expires_at),
  ),
  quote_approval: (value) => value.automatic[0] === "public",
});

async function all(federation: Federation, server: number, signedIn: boolean): Promise<Any[]> {
  const { baseURL, token } = federation.servers[server]!;
  const statuses: Any[] = [];
  for (let older = "";;) {
    const response = await fetch(`${baseURL}/api/v1/timelines/public?limit=40${older}`, {
      headers: signedIn ? { Authorization: `Bearer ${token}` } : {},
    });
    const page = await response.json();
    if (page.length === 0) return statuses;
    statuses.push(...page);
    older = `&max_id=${page.at(-1).id}`;
  }
}

/**
 * Returns the text that a person reads, by walking the tree of elements. The simulator uses a
 * different method.
 */
function read(node: Any): string {
  if (node.type === "text") return node.data;
  const classes: string[] = node.attribs?.class?.split(" ") ?? [];
  if (classes.includes("invisible") || classes.includes("quote-inline")) return "";
  if (node.name === "br") return "\n";
  const inner = node.children.map(read).join("") + (classes.includes("ellipsis") ? "…" : "");
  return node.name === "p" ? `${inner}\n` : inner;
}

const opened = async <T>(use: (federation: Federation) => Promise<T>): Promise<T> => {
  const federation = await startFederation({
    clock: () => NOW,
    history: 24 * 3_600_000,
    rateLimit: Infinity,
  });
  try {
    return await use(federation);
  } finally {
    await federation.close();
  }
};

Deno.test("status: each has the shape of the API's entity", async () => {
  await opened(async (federation) => {
    for (const server of [0, 1]) {
      const signedIn = server !== 1;
      for (const each of await all(federation, server, signedIn)) {
        assert.ok(status(each), JSON.stringify(each));
        assert.equal("favourited" in each, signedIn);
      }
    }
  });
});

Deno.test("status: has the fields of real ones, and only what public timelines show", async () => {
  await opened(async (federation) => {
    const { domain } = federation.servers[0]!;
    const statuses = await all(federation, 0, true);
    const byId = new Map(statuses.map((each) => [each.id, each]));
    const some: Record<string, Check> = {
      picture: (s) => s.media_attachments.length > 0,
      pictures: (s) => s.media_attachments.length > 1,
      poll: (s) => s.poll !== null,
      card: (s) => s.card !== null,
      emoji: (s) => s.emojis.length > 0 && s.content.includes(`:${s.emojis[0].shortcode}:`),
      warning: (s) => s.spoiler_text !== "" && s.sensitive,
      mention: (s) => s.mentions.length > 0 && s.content.includes('class="u-url mention"'),
      hashtag: (s) => s.tags.length > 0 && s.content.includes('class="mention hashtag"'),
      invisible: (s) => s.content.includes('<span class="invisible">https://'),
      ellipsis: (s) => s.content.includes('<span class="ellipsis">'),
      quote: (s) => s.quote?.quoted_status && s.content.startsWith('<p class="quote-inline">RE: '),
      edited: (s) => s.edited_at > s.created_at,
      answer: (s) => s.in_reply_to_id !== null,
      noindex: (s) => s.account.noindex === true,
      indexable: (s) => s.account.indexable,
      nobot: (s) => s.account.note.includes("#<span>nobot</span>"),
      bot: (s) => s.account.bot,
      numeric: (s) => s.uri.includes("/ap/users/"),
      right_to_left: (s) => s.language === "ar" || s.language === "he" || s.language === "fa",
      no_language: (s) => s.language === null,
    };
    for (const [name, check] of Object.entries(some)) assert.ok(statuses.some(check), name);

    for (const each of statuses) {
      const local = !each.account.acct.includes("@");
      assert.equal(each.uri.startsWith(`https://${domain}/`), local);
      assert.equal("noindex" in each.account, local);
      if (!local) assert.ok(!each.application, "only the home tells the app");
      const answered = byId.get(each.in_reply_to_id);
      if (answered) assert.equal(answered.account.id, each.account.id);
      assert.equal(each.in_reply_to_account_id, each.in_reply_to_id && each.account.id);
    }
    assert.ok(statuses.some(({ application }) => application?.name === "Web"));
  });
});

Deno.test("status: a post has one uri, and a different id on each server", async () => {
  await opened(async (federation) => {
    const [first, second] = [await all(federation, 0, true), await all(federation, 1, true)];
    const there = new Map(second.map((each) => [each.uri, each]));
    const both = first.filter(({ uri }) => there.has(uri));
    assert.ok(both.length > first.length / 3 && both.length < first.length);
    for (const here of both) {
      const other = there.get(here.uri)!;
      assert.notEqual(here.id, other.id);
      assert.equal(here.content, other.content);
      assert.equal(here.created_at, other.created_at);
    }
  });
});

Deno.test("truth: equals what the servers show, including texts", async () => {
  await opened(async (federation) => {
    const { baseURL } = federation.servers[2]!;
    const truth = new Map(federation.truth().map((each) => [each.ids[baseURL], each]));
    truth.delete(undefined);
    const statuses = await all(federation, 2, false);
    assert.equal(statuses.length, truth.size);
    for (const each of statuses) {
      const known = truth.get(each.id)!;
      assert.equal(each.uri, known.uri);
      assert.equal(each.language, known.language);
      assert.equal(Date.parse(each.created_at), known.posted);
      assert.equal(each.account.bot, known.bot);
      assert.equal(each.media_attachments.length, known.media);
      assert.equal(each.spoiler_text, known.warning);
      assert.deepEqual(each.tags.map(({ name }: Any) => name), known.hashtags);
      assert.equal(each.edited_at && Date.parse(each.edited_at), known.editedAt);
      if (known.home === baseURL) assert.equal(each.application?.name ?? null, known.app);
      assert.equal(each.content, known.content);
      assert.equal(read(parseDocument(each.content)).trim(), known.text);
    }
  });
});

Deno.test("json: both forms have the same content", () => {
  const value = 'a "quoted" \\ line\n and \u2028 <p class="x">猫</p>';
  const make = (json: typeof plainJson) => json`{"a":${json.of(value)},"b":"${7}"}`;
  assert.deepEqual(JSON.parse(make(plainJson)), { a: value, b: "7" });
  assert.equal(JSON.parse(`"${make(quotedJson)}"`), make(plainJson));
});
