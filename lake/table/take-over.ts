/**
 * Creates the Iceberg table of a lake that an earlier release compacted. The lake's files need no
 * field ids, because the table's name mapping assigns ids to their columns.
 *
 * @module
 */
import type { Lake } from "../engine/lake.ts";
import { literalGlob, quoteList } from "../engine/sql.ts";
import { compactedFolder } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import { commit, type CommitPlace } from "./commit.ts";
import { type ColumnStatistics, dataFileOf } from "./data-file.ts";
import { monthOf } from "./read/days.ts";
import type { DataFile } from "./iceberg/manifest.ts";
import type { Schema } from "./iceberg/schema.ts";
import type { LakeTable } from "./read/lake-table.ts";
import { LEGACY_END, legacyPath } from "./read/legacy-manifest.ts";
import { tableLocation } from "./read/table-paths.ts";

/** Returns true if an earlier release compacted the lake and no table exists yet. */
export function isLegacy({ version, files, deletions, taken }: LakeTable): boolean {
  return version === 0 && files.length + deletions.length + Object.keys(taken).length > 0;
}

/** Publishes the first version of the table, with the files that `manifest.json` names. */
export async function takeOver(
  lake: Lake,
  place: CommitPlace,
  table: LakeTable,
  schema: Schema,
): Promise<LakeTable> {
  const { store, topic } = place;
  return await commit(place, table, {
    schema,
    removed: new Set(),
    expire: false,
    optOuts: [],
    coverage: [],
    index: null,
    posts: null,
    added: await legacyDataFiles(lake, store, topic, table, schema),
    deletions: table.deletions,
    taken: table.taken,
  });
}

/**
 * Makes earlier releases refuse to compact the lake, because they would remove the files of the
 * table.
 */
export async function endLegacy(store: Store, topic: string): Promise<void> {
  const path = legacyPath(topic);
  const read = await store.readText(path);
  if (read !== null && read.text !== LEGACY_END) {
    await store.writeText(path, LEGACY_END, read.version);
  }
}

/** The SQL condition for columns whose values sort correctly as texts. */
const SORTS_AS_TEXT = `(type = 'BYTE_ARRAY'
  or path_in_schema in ('created_tz', 'posted_at', 'observed_at', 'edited_at'))`;

/**
 * Describes the files with the statistics in their footers. For each column, the statistics of all
 * row groups are combined.
 */
async function legacyDataFiles(
  lake: Lake,
  store: Store,
  topic: string,
  { files }: LakeTable,
  schema: Schema,
): Promise<DataFile[]> {
  if (files.length === 0) return [];
  const statistics = await lake.query<
    { file_name: string; key: string; value: ColumnStatistics }
  >(`select file_name,
  '"' || replace(replace(path_in_schema, ', list, ', ', '), ', ', '"."') || '"' as key,
  map {
    'column_size_bytes': sum(total_compressed_size)::BIGINT::VARCHAR,
    'num_values': sum(num_values)::BIGINT::VARCHAR,
    'null_count': sum(stats_null_count)::BIGINT::VARCHAR,
    'min': case when ${SORTS_AS_TEXT} then min(stats_min_value) end,
    'max': case when ${SORTS_AS_TEXT} then max(stats_max_value) end
  } as value
from parquet_metadata(${quoteList(files.map(({ path }) => literalGlob(store.url(path))))})
group by file_name, path_in_schema, type`);
  const byFile = Map.groupBy(statistics, ({ file_name }) => file_name);
  return files.map(({ path, rows, bytes, days }) =>
    dataFileOf(
      {
        path: `${tableLocation(store, topic)}/${path.slice(compactedFolder(topic).length)}`,
        month: days === null ? null : monthOf(days.from),
        ...{ rows, bytes },
      },
      byFile.get(store.url(path)) ?? [],
      schema,
    )
  );
}
