/**
 * Compares the toots in the lake with the truth of the simulator.
 *
 * @module
 */
import type { Truth } from "../../simulator/mod.ts";

/** A toot of the view `mastodon_toot`. */
export interface Row {
  readonly uri: string | null;
  readonly mastodon_text: string | null;
}

/** The numbers of toots that the view shows correctly and incorrectly. */
export interface Comparison {
  /** The toots that were published and not deleted. */
  readonly alive: number;
  /** The rows of the view. */
  readonly inView: number;
  /** The published toots that are not in the view, although they were not deleted. */
  readonly lost: number;
  /** The rows that repeat a toot: all rows of a toot except its first. */
  readonly doubled: number;
  /**
   * The rows of the view that it should not have: toots that were deleted, invented or local only.
   */
  readonly ghosts: number;
  /** The toots in the view with an outdated text. */
  readonly stale: number;
  /** A few of the wrong toots, which help to find the reason. */
  readonly examples: readonly string[];
}

/** The maximum number of wrong toots that are listed. */
const EXAMPLES = 20;

/** The data that {@linkcode compare} compares. */
export interface Compared {
  /** The truth about the toots that the listener could see. */
  readonly truth: readonly Truth[];
  readonly rows: readonly Row[];
  /** The uris of toots that were published before the listener started. */
  readonly before: ReadonlySet<string>;
}

/**
 * Removes spaces at both ends of each line, because the simulator and the listener may treat them
 * differently.
 */
const lines = (text: string | null) =>
  (text ?? "").split("\n").map((line) => line.trim()).join("\n").trim();

/**
 * Compares the view with the truth.
 *
 * Toots that a fault altered, and toots from before the listener's start, may be in the view or
 * not. Toots that must not leave their server must not be in it.
 */
export function compare({ truth, rows, before }: Compared): Comparison {
  const alive = new Map<string, Truth>();
  const free = new Set(before);
  for (const status of truth) {
    if (before.has(status.uri)) continue;
    if (status.altered.length > 0) free.add(status.uri);
    else if (!status.localOnly) alive.set(status.uri, status);
  }
  const seen = new Set<string>();
  const examples: string[] = [];
  let inView = 0, doubled = 0, ghosts = 0, stale = 0;
  for (const { uri, mastodon_text } of rows) {
    if (uri !== null && free.has(uri)) continue;
    inView++;
    const status = uri === null ? undefined : alive.get(uri);
    let wrong: string | null = null;
    if (status === undefined) {
      ghosts++;
      wrong = "ghost";
    } else if (seen.has(status.uri)) {
      doubled++;
      wrong = "doubled";
    } else {
      seen.add(status.uri);
      if (lines(mastodon_text) !== lines(status.text)) {
        stale++;
        wrong = "stale";
      }
    }
    if (wrong !== null) examples.push(`${wrong} ${uri}`);
  }
  for (const { uri, posted, ids } of alive.values()) {
    if (seen.has(uri)) continue;
    examples.push(`lost ${uri} posted ${new Date(posted).toISOString()} ${JSON.stringify(ids)}`);
  }
  const lost = alive.size - seen.size;
  const named = examples.slice(0, EXAMPLES);
  return { alive: alive.size, inView, lost, doubled, ghosts, stale, examples: named };
}

/** Returns true if no toot is missing, doubled, outdated or wrongly shown. */
export function isRight({ lost, doubled, ghosts, stale }: Comparison): boolean {
  return lost + doubled + ghosts + stale === 0;
}
