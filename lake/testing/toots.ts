/**
 * Small lakes for the tests: invented toots, written by the lake's own writer.
 *
 * @module
 */
import type { Lake, Row } from "../lake.ts";
import { openLake } from "../open.ts";
import { claimInFolder } from "../partition.ts";
import {
  type Column,
  deleteTopic,
  type Deletion,
  DELETION_COLUMNS,
  type Toot,
  TOOT_COLUMNS,
  TOOT_TOPIC,
} from "../record.ts";
import { openRowFiles } from "../row-file.ts";
import { openStore } from "../store.ts";
import { createViews } from "../views.ts";
import { nextOffset, openTopicWriter } from "../writer.ts";

/** When toot 0 was posted. */
export const START = Date.UTC(2026, 0, 1);

/** Toot number `n`, posted `n` seconds after {@linkcode START}; `over` replaces fields. */
export function toot(n: number, over: Partial<Toot> = {}): Toot {
  const posted = over.posted_at ?? START + n * 1000;
  return {
    m_id: 2n ** 60n + BigInt(n),
    created_at: Math.floor(posted / 1000),
    created_at_str: new Date(posted).toISOString().slice(0, 19).replaceAll("-", " ")
      .replace("T", " "),
    app: null,
    url: `https://a.example/@ann/${n}`,
    base_url: "https://a.example",
    language: "en",
    favourites: 0,
    username: "ann",
    bot: false,
    tags: 0,
    characters: 5,
    words: 1,
    mastodon_text: `text ${n}`,
    uri: `https://a.example/statuses/${n}`,
    status_id: String(n),
    posted_at: posted,
    observed_at: posted + 500,
    edited_at: null,
    origin: "a.example",
    author: "ann@a.example",
    visibility: "public",
    sensitive: false,
    reply: false,
    reblogs: 0,
    replies: 0,
    media: 0,
    hashtags: ["one", "two"],
    transport: "stream",
    withheld: null,
    ...over,
  };
}

/** Server `a.example`, or another, says that the status with its id `n` is gone. */
export function gone(n: number | string, base_url = "https://a.example"): Deletion {
  return { base_url, status_id: String(n), deleted_at: START + 86_400_000 };
}

/** Writes a raw file of toots and one of deletes; empty ones are left out. */
export async function land(
  location: string,
  toots: readonly Toot[],
  deletions: readonly Deletion[] = [],
  topic: string = TOOT_TOPIC,
): Promise<void> {
  const store = openStore(location);
  const files = await openRowFiles();
  const claim = location.startsWith("s3://") ? null : await claimInFolder(store, "listener");
  const partition = claim?.partition ?? 0;
  const write = async (name: string, columns: readonly Column[], by: string, rows: object[]) => {
    if (rows.length === 0) return;
    const writer = openTopicWriter({
      ...{ store, files, topic: name, partition, columns, sortedBy: [by] },
    });
    const file = await writer.start();
    file.append(rows);
    await writer.publish(file, await nextOffset(store, name, partition));
  };
  try {
    await write(topic, TOOT_COLUMNS, "posted_at", [...toots]);
    await write(deleteTopic(topic), DELETION_COLUMNS, "deleted_at", [...deletions]);
  } finally {
    claim?.release();
    files.close();
  }
}

/** Opens a lake, makes its views, and closes it after `work`. */
export async function withViews<T>(
  location: string,
  work: (lake: Lake) => Promise<T>,
): Promise<T> {
  const lake = await openLake({ location });
  try {
    await createViews(lake);
    return await work(lake);
  } finally {
    await lake.close();
  }
}

/** All that the view `mastodon_toot` shows, in one order. */
export function allToots(location: string): Promise<Row[]> {
  return withViews(
    location,
    (lake) => lake.query("select * from mastodon_toot order by uri, url, base_url, m_id"),
  );
}
