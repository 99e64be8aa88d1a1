/**
 * Compares what a reader of the lake sees with what the simulator knows to be true.
 *
 * @module
 */
import type { Truth } from "../../simulator/mod.ts";

/** A toot of the view `mastodon_toot`. */
export interface Row {
  readonly uri: string | null;
  readonly mastodon_text: string | null;
}

/** How many toots the view shows correctly, and how many it does not. */
export interface Comparison {
  /** Toots that were published and not deleted. */
  readonly alive: number;
  /** Rows of the view. */
  readonly inView: number;
  /** Toots that exist but are not in the view. */
  readonly lost: number;
  /** Rows for a toot that already has a row. */
  readonly doubled: number;
  /** Toots in the view that do not exist any more. */
  readonly ghosts: number;
  /** Toots in the view with an outdated text. */
  readonly stale: number;
  /** A few of the wrong toots, for whoever looks for the reason. */
  readonly examples: readonly string[];
}

/** How many wrong toots are listed. */
const EXAMPLES = 20;

/** What {@linkcode compare} compares. */
export interface Compared {
  /** The toots that the listener could see, as the simulator knows them. */
  readonly truth: readonly Truth[];
  readonly rows: readonly Row[];
  /** The uris of toots that were published before the listener started. */
  readonly before: ReadonlySet<string>;
}

/** Removes what the two programs may do differently: spaces at the ends of lines. */
const lines = (text: string | null) =>
  (text ?? "").split("\n").map((line) => line.trim()).join("\n").trim();

/**
 * Compares the view with the truth.
 *
 * Toots that a fault made unreadable, and toots from before the listener's start, may be in
 * the view or not. Toots that must not leave their server must not be in it.
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

/** True if no toot is missing, doubled, outdated or wrongly shown. */
export function isRight({ lost, doubled, ghosts, stale }: Comparison): boolean {
  return lost + doubled + ghosts + stale === 0;
}
