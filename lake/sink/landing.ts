/**
 * Writes the rows of a Kafka partition to the lake. The files have the same partition number and
 * are named by Kafka's offsets, like those of Kafka Connect's S3 sink.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { Failure } from "../../common/failure.ts";
import { rawPath } from "../store/layout.ts";
import { retryStore, type StoreRetryOptions } from "../store/retry-store.ts";
import { COVERAGE_COLUMNS, DELETION_COLUMNS, TOOT_COLUMNS } from "../../record/record.ts";
import { countRows } from "../write/row-count.ts";
import type { RowFiles } from "../write/row-file.ts";
import type { Store } from "../store/store.ts";
import { readParquet } from "../engine/sql.ts";
import { openTopicWriter } from "../write/topic-writer.ts";
import type { Decoder, Kind } from "./decode.ts";
import type { Landing, TopicPartition } from "./lander.ts";

/** Options of {@linkcode openLanding}. */
export interface LandingOptions {
  readonly store: Store;
  readonly files: RowFiles;
  readonly kind: Kind;
  readonly decoder: Decoder;
  /** How to retry while the object store is unreachable, and where to report that. */
  readonly retry: StoreRetryOptions;
}

const COLUMNS = {
  toot: TOOT_COLUMNS,
  deletion: DELETION_COLUMNS,
  coverage: COVERAGE_COLUMNS,
};
const SORTED = { toot: ["posted_at"], deletion: ["deleted_at"], coverage: ["from"] };
/** The columns that identify a row. */
const IDENTITY = {
  toot: ["base_url", "url", "uri", "status_id", "observed_at"],
  deletion: ["base_url", "status_id", "deleted_at"],
  coverage: ["base_url", "timeline", "from", "until", "transport", "outcome"],
};
/** The columns that contain a time. */
const TIMES = new Set(["observed_at", "deleted_at", "from", "until"]);

/** Opens the {@linkcode Landing} of a partition that is assigned to this process. */
export function openLanding(
  { topic, partition }: TopicPartition,
  options: LandingOptions,
): Landing {
  const { store, files, kind, decoder, retry } = options;
  const writer = openTopicWriter({
    ...{ store, files, topic, partition },
    columns: COLUMNS[kind],
    sortedBy: SORTED[kind],
  });

  async function rowsThere(path: string): Promise<number> {
    const there = (await store.list(path)).some((file) => file.path === path);
    return there ? await countRows(store, path) : 0;
  }

  return {
    decoder,
    start: () => writer.start(),
    existing: (offset, head) =>
      retryStore(async () => {
        const path = rawPath({ topic, partition, offset });
        const rows = await rowsThere(path);
        if (rows > 0 && !await holds(store, path, kind, head)) {
          throw new Failure(
            `lake '${store.location}': ${path} belongs to an earlier topic '${topic}'; the offsets ` +
              `of the new one start again. Use another lake, or move the topic's folder away`,
          );
        }
        return rows;
      }, retry),
    publish: (rows, offset, still) =>
      retryStore(async () => {
        if (!still()) return null;
        if (await rowsThere(rawPath({ topic, partition, offset })) > rows.rows) {
          // Another member has the partition by now, and has written more.
          throw new Failure(`lake '${store.location}': another sink writes ${topic}/${partition}`);
        }
        return await writer.publish(rows, offset);
      }, retry),
    release() {},
  };
}

/** Returns true if a file contains `row`. Only the columns of `IDENTITY` are compared. */
async function holds(store: Store, path: string, kind: Kind, row: object): Promise<boolean> {
  const file = await store.local(path);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const same = IDENTITY[kind].map((name) =>
      `${TIMES.has(name) ? `epoch_ms("${name}")` : name} is not distinct from $${name}`
    );
    const values = IDENTITY[kind].map((name) => {
      const value = (row as Record<string, string | number | null>)[name] ?? null;
      return [name, typeof value === "number" ? BigInt(value) : value];
    });
    const reader = await connection.runAndReadAll(
      `select count(*)::INTEGER as n from ${readParquet([file.path])}
       where ${same.join(" and ")}`,
      Object.fromEntries(values),
    );
    return (reader.getRowObjectsJS()[0]!["n"] as number) > 0;
  } finally {
    connection.closeSync();
    instance.closeSync();
    await file.done();
  }
}
