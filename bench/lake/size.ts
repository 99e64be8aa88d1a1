/**
 * Computes the size of a lake, and the size of its texts.
 *
 * @module
 */
import { compactedFolder, isVisible, topicFolder } from "../../lake/store/layout.ts";
import { openLake } from "../../lake/engine/open.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { openStore } from "../../lake/store/open-store.ts";
import type { Size } from "./figures.ts";

/**
 * Computes the size of all files with toots: their number and bytes from the list of files, their
 * rows and the bytes of the texts from their footers.
 */
export async function sizeOf(location: string): Promise<Size> {
  const store = openStore(location);
  const files = (await Promise.all(
    [topicFolder(TOOT_TOPIC), compactedFolder(TOOT_TOPIC)].map((folder) => store.list(folder)),
  )).flat().filter(({ path }) => isVisible(path) && !path.includes("/metadata/"));
  const urls = files.map(({ path }) => `'${store.url(path)}'`).join(", ");
  const lake = await openLake({ location });
  try {
    const [row] = await lake.query<{ rows: bigint; text: bigint }>(
      `select
         sum(row_group_num_rows) filter (column_id = 0) as rows,
         sum(total_compressed_size) filter (path_in_schema = 'mastodon_text') as text
       from parquet_metadata([${urls}])`,
    );
    return {
      files: files.length,
      rows: Number(row!.rows),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      text: Number(row!.text),
    };
  } finally {
    await lake.close();
  }
}
