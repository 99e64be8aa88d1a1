/**
 * What a reader of the lake sees, beside what is true.
 *
 * @module
 */
import type { Truth } from "../../simulator/mod.ts";

/** A toot of the view `mastodon_toot`. */
export interface Row {
  readonly uri: string | null;
  readonly mastodon_text: string | null;
}

/** How many toots are as they should be, and how many are not. */
export interface Comparison {
  /** Toots that were published, and not deleted. */
  readonly alive: number;
  /** Rows of the view. */
  readonly inView: number;
  /** Alive, and not in the view. */
  readonly lost: number;
  /** Rows for a toot that has a row already. */
  readonly doubled: number;
  /** In the view, and not alive. */
  readonly ghosts: number;
  /** In the view with a text that is not the newest. */
  readonly stale: number;
  /** Some of the toots that are wrong, for whoever looks for the reason. */
  readonly examples: readonly string[];
}

/** How many toots are named. */
const EXAMPLES = 20;

/** What is to be compared. */
export interface Compared {
  /** What is true of the toots that the listener could see. */
  readonly truth: readonly Truth[];
  readonly rows: readonly Row[];
  /** The uris of toots that were there before the listener was. */
  readonly before: ReadonlySet<string>;
}

/** A text without what the two programs may do differently: spaces at the ends of lines. */
const lines = (text: string | null) =>
  (text ?? "").split("\n").map((line) => line.trim()).join("\n").trim();

/**
 * Compares the view with the truth.
 *
 * Toots that a fault made unreadable may be in the view or not, and toots from before
 * the listener's start likewise. Toots that are not to leave their server must not be.
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

/** True if nothing is lost, doubled, a ghost or stale. */
export function isRight({ lost, doubled, ghosts, stale }: Comparison): boolean {
  return lost + doubled + ghosts + stale === 0;
}
