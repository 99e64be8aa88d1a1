/**
 * The three records as TypeScript types: toots, deletes and coverage.
 *
 * The Avro schemas in `config/` define them. The interfaces below have the same fields, which a
 * test checks. The lake's columns are derived from the Avro schemas, so our Parquet files have the
 * same columns as those of Kafka Connect's S3 sink.
 *
 * @module
 */
import tootSchema from "../config/mastodon-details.avsc" with { type: "text" };
import coverageSchema from "../config/mastodon-coverage.avsc" with { type: "text" };
import deletionSchema from "../config/mastodon-delete.avsc" with { type: "text" };

/** How a status reached the listener. */
export type Transport = "stream" | "poll" | "backfill" | "replay";

/**
 * One public status as one server showed it: `com.simonaubury.MastodonDetails`. Times are
 * milliseconds since 1970, except `created_at` (seconds). `config/mastodon-details.avsc`
 * explains the fields.
 */
export interface Toot {
  m_id: bigint | null;
  created_at: number | null;
  created_at_str: string;
  app: string | null;
  url: string | null;
  base_url: string;
  language: string;
  favourites: number;
  username: string | null;
  bot: boolean;
  tags: number;
  characters: number;
  words: number;
  mastodon_text: string | null;
  uri: string;
  status_id: string;
  posted_at: number;
  observed_at: number;
  edited_at: number | null;
  origin: string | null;
  author: string | null;
  visibility: string | null;
  sensitive: boolean | null;
  reply: boolean | null;
  reblogs: number | null;
  replies: number | null;
  media: number | null;
  hashtags: string[] | null;
  transport: Transport | null;
  withheld: string | null;
  uri_key: string | null;
  author_key: string | null;
  quote: boolean | null;
  described_media: number | null;
  warning: boolean | null;
  server_software: string | null;
  home: boolean | null;
}

/** A server's report that a status was deleted: `com.simonaubury.MastodonDelete`. */
export interface Deletion {
  base_url: string;
  status_id: string;
  /** When the delete reached the listener, in milliseconds since 1970. */
  deleted_at: number;
}

/**
 * A timeline of a server: `local` has the posts of the server's own people, `federated` has all
 * posts that the server knows.
 */
export type Timeline = "local" | "federated";

/**
 * The outcome of a span of time: `covered` live, `filled` later, or `lost`. `counted` marks a span
 * for which the server itself has published the number of statuses. That number says nothing about
 * coverage.
 */
export type Outcome = "covered" | "filled" | "lost" | "counted";

/**
 * A span of a server's timeline, and whether it was covered: `com.simonaubury.MastodonCoverage`.
 */
export interface Coverage {
  base_url: string;
  timeline: Timeline;
  /** The start of the span, in milliseconds since 1970. */
  from: number;
  /** The end of the span, in milliseconds since 1970. */
  until: number;
  transport: Transport | "activity";
  outcome: Outcome;
  /** The number of statuses in the span; null if unknown. */
  statuses: bigint | null;
  /** Why the span was filled or lost; null for the other outcomes. */
  cause: string | null;
  /**
   * When the listener wrote the record, in milliseconds since 1970; null in records of earlier
   * versions.
   */
  recorded_at: number | null;
}

/** The DuckDB type of a column. */
export type ColumnType =
  | "VARCHAR"
  | "BIGINT"
  | "INTEGER"
  | "BOOLEAN"
  | "TIMESTAMP"
  | "TIMESTAMPTZ"
  | "VARCHAR[]";

/** A column of the lake. */
export interface Column {
  name: string;
  type: ColumnType;
}

/** The default name of the topic of toots. */
export const TOOT_TOPIC = "mastodon-topic";

/**
 * Returns the name of the topic of deletes that belongs to a topic of toots.
 *
 * @example
 * ```ts
 * import { deleteTopic } from "./record.ts";
 *
 * if (deleteTopic("mastodon-topic") !== "mastodon-delete-topic") throw new Error();
 * if (deleteTopic("toots") !== "toots-delete") throw new Error();
 * ```
 */
export function deleteTopic(topic: string): string {
  return besideTopic(topic, "delete");
}

/**
 * Returns the name of the topic of coverage that belongs to a topic of toots.
 *
 * @example
 * ```ts
 * import { coverageTopic } from "./record.ts";
 *
 * if (coverageTopic("mastodon-topic") !== "mastodon-coverage-topic") throw new Error();
 * if (coverageTopic("toots") !== "toots-coverage") throw new Error();
 * ```
 */
export function coverageTopic(topic: string): string {
  return besideTopic(topic, "coverage");
}

/** Joins names: `mastodon-topic` and `delete` become `mastodon-delete-topic`. */
function besideTopic(topic: string, what: string): string {
  return topic.endsWith("-topic") ? topic.replace(/-topic$/, `-${what}-topic`) : `${topic}-${what}`;
}

type AvroType = string | { type: string; logicalType?: string; items?: string } | AvroType[];

function columnType(type: AvroType): ColumnType {
  if (Array.isArray(type)) return columnType(type.find((branch) => branch !== "null")!);
  if (typeof type === "object") {
    if (type.logicalType === "timestamp-millis") return "TIMESTAMPTZ";
    if (type.type === "array" && type.items === "string") return "VARCHAR[]";
  }
  switch (type) {
    case "string":
      return "VARCHAR";
    case "long":
      return "BIGINT";
    case "int":
      return "INTEGER";
    case "boolean":
      return "BOOLEAN";
  }
  throw new TypeError(`The lake has no column type for the Avro type ${JSON.stringify(type)}`);
}

function columns(schema: string): readonly Column[] {
  const { fields } = JSON.parse(schema) as { fields: { name: string; type: AvroType }[] };
  return fields.map(({ name, type }) => ({ name, type: columnType(type) }));
}

/** The lake's columns for toots, in the order of the record's fields. */
export const TOOT_COLUMNS: readonly Column[] = columns(tootSchema);

/** The lake's columns for deletes, in the order of the record's fields. */
export const DELETION_COLUMNS: readonly Column[] = columns(deletionSchema);

/** The lake's columns for coverage, in the order of the record's fields. */
export const COVERAGE_COLUMNS: readonly Column[] = columns(coverageSchema);
