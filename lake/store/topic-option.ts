/**
 * The flag `--topic` of the commands that read or write a lake.
 *
 * @module
 */
import { envValue, parseTopic } from "../../common/command-line.ts";
import type { Env } from "../../common/env.ts";
import { TOOT_TOPIC } from "../../record/record.ts";

/** The description of the flag. */
export const TOPIC_TEXT =
  "topic of the toots; the topics of deletes and of coverage (what was read or lost) have " +
  `similar names (default: ${TOOT_TOPIC}) [MASTODON_TOPIC]`;

/**
 * Returns the topic of the flag, or else of the variable, or else the default.
 *
 * @throws {Failure} with exit code 2 if the variable is not the name of a topic
 */
export function topicOf(given: string | undefined, env: Env): string {
  return given ?? envValue(env, "MASTODON_TOPIC", parseTopic, TOOT_TOPIC);
}
