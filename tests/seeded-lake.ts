/**
 * A small lake for tests, written as the listener's is.
 *
 * @module
 */
import {
  deleteTopic,
  type Deletion,
  DELETION_COLUMNS,
  type Toot,
  TOOT_COLUMNS,
  TOOT_TOPIC,
} from "../lake/record.ts";
import { openRowFiles } from "../lake/row-file.ts";
import { openStore } from "../lake/store.ts";
import { openTopicWriter } from "../lake/writer.ts";

/** A toot of which only some fields matter; the others are the plainest there are. */
export type TootSeed = Partial<Toot> & Pick<Toot, "uri" | "posted_at">;

/** A whole record from a seed. */
export function toot(seed: TootSeed): Toot {
  const { uri, posted_at } = seed;
  const origin = new URL(uri).host;
  const text = seed.mastodon_text ?? "";
  return {
    m_id: null,
    created_at: Math.floor(posted_at / 1000),
    created_at_str: new Date(posted_at).toISOString().slice(0, 19).replaceAll(/[-T]/g, " "),
    app: null,
    url: uri,
    base_url: `https://${origin}`,
    language: "en",
    favourites: 0,
    username: "ada",
    bot: false,
    tags: 0,
    characters: [...text].length,
    words: text.split(/\s+/).filter(Boolean).length,
    mastodon_text: text,
    status_id: uri.slice(uri.lastIndexOf("/") + 1),
    observed_at: posted_at + 1000,
    edited_at: null,
    origin,
    author: `${seed.username ?? "ada"}@${origin}`,
    visibility: "public",
    sensitive: false,
    reply: false,
    reblogs: 0,
    replies: 0,
    media: 0,
    hashtags: [],
    transport: "stream",
    withheld: null,
    ...seed,
  };
}

/** Writes toots and deletions into a lake, a file each. */
export async function seedLake(
  location: string,
  toots: readonly TootSeed[],
  deletions: readonly Deletion[] = [],
): Promise<void> {
  const files = await openRowFiles();
  const store = openStore(location);
  try {
    for (
      const { topic, columns, rows, sortedBy } of [
        {
          topic: TOOT_TOPIC,
          columns: TOOT_COLUMNS,
          rows: toots.map(toot),
          sortedBy: ["posted_at"],
        },
        {
          topic: deleteTopic(TOOT_TOPIC),
          columns: DELETION_COLUMNS,
          rows: deletions,
          sortedBy: ["deleted_at"],
        },
      ]
    ) {
      if (rows.length === 0) continue;
      const writer = openTopicWriter({ store, files, topic, partition: 0, columns, sortedBy });
      const file = await writer.start();
      file.append(rows);
      await writer.publish(file, 0n);
    }
  } finally {
    files.close();
  }
}
