/**
 * Pages of a public timeline.
 *
 * @see https://docs.joinmastodon.org/methods/timelines/#public
 * @module
 */
import { createBackoff } from "../backoff.ts";
import { sleep } from "../../../common/clock.ts";
import { idOf } from "../cursor.ts";
import type { ServerEvent } from "../event.ts";
import { duration, notice } from "../notice.ts";
import type { FeedDeps, FeedOptions } from "../feed-options.ts";
import { refusal } from "../refusal.ts";
import type { Rest } from "./rest.ts";
import { compareIds } from "../status-id.ts";

/** The most that Mastodon gives at once. */
export const PAGE = 40;

/** What to read. */
export interface PageQuery {
  /** Statuses right after this one. */
  readonly minId?: string | null;
  /** Statuses right before this one. */
  readonly maxId?: string | null;
  /** Default 40, the most there is. */
  readonly limit?: number;
}

/** A page, the oldest status first, as JSON and unchecked. */
export interface Page {
  readonly statuses: readonly unknown[];
  /** Null where the page is empty, or has no id at all. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** Reads a page of one server's timeline. */
export interface Timeline {
  /** @throws {Failure} where the server refuses, for good as far as one can tell */
  read(query?: PageQuery): AsyncGenerator<ServerEvent[], Page, undefined>;
  /** Reads a page if that goes at once; null where it does not. */
  glance(query: PageQuery): Promise<Page | null>;
}

/** The API gives the newest first; a few servers give the oldest first after `min_id`. */
function toPage(body: readonly unknown[]): Page {
  const ids = body.map(idOf).filter((id) => id !== null);
  const first = ids[0] ?? null, last = ids.at(-1) ?? null;
  const rising = first !== null && last !== null && compareIds(first, last) < 0;
  return rising
    ? { statuses: body, oldest: first, newest: last }
    : { statuses: body.toReversed(), oldest: last, newest: first };
}

/** So often a server that used to answer may refuse before that is its last word. */
const REFUSALS = 3;

/** The public timeline, local or federated, of one server. */
export function createTimeline(options: FeedOptions, deps: FeedDeps, rest: Rest): Timeline {
  const { signal, federated, baseURL } = options;
  const { clock, random } = deps;
  const host = new URL(baseURL).host;
  let answered = false;

  const path = "/api/v1/timelines/public";
  const toParams = ({ minId, maxId, limit = PAGE }: PageQuery) => {
    const params: Record<string, string> = { limit: String(limit) };
    if (!federated) params.local = "true";
    if (minId) params.min_id = minId;
    if (maxId) params.max_id = maxId;
    return params;
  };

  return {
    async *read(query = {}) {
      const params = toParams(query);
      const backoff = createBackoff({ base: 2_000, random });
      for (;;) {
        const answer = yield* rest.get(path, params);
        const { status, headers, body } = answer;
        if (status === 200 && Array.isArray(body)) {
          answered = true;
          return toPage(body);
        }
        const said = (body as { error?: unknown } | null)?.error;
        const failure = refusal(options, "timeline", { status, headers, said });
        // A server under repair may say no for a moment to whom it knows.
        if (!answered || backoff.attempts + 1 >= REFUSALS) throw failure;
        const wait = backoff.next();
        yield [notice("warning", `${host}: answered ${status}; asking again in ${duration(wait)}`)];
        await sleep(clock, wait, signal);
        signal.throwIfAborted();
      }
    },
    async glance(query) {
      const answer = await rest.glance(path, toParams(query));
      return answer?.status === 200 && Array.isArray(answer.body) ? toPage(answer.body) : null;
    },
  };
}
