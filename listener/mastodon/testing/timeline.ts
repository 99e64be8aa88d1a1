/**
 * A timeline in memory for tests. Its pages follow the rules of the API, or break them as some
 * servers do.
 *
 * @module
 */
import { compareIds } from "../status-id.ts";
import { idOf } from "../status-fields.ts";
import type { Page, Timeline } from "../rest/timeline.ts";

/** A status with the fields that tests need. */
export interface Post {
  readonly id: string;
  readonly uri: string;
  readonly created_at: string;
  readonly edited_at?: string;
}

/** A timeline to which a test can add statuses. */
export interface TestTimeline extends Timeline {
  /** The statuses, in any order. */
  posts: Post[];
  /** The `max_id` of each request; null for the newest page. */
  readonly queries: (string | null)[];
  /** Called before each answer with the requested `max_id` and the number of requests so far. */
  before: (maxId: string | null, count: number) => void;
  /** Returns a page as the API does, the newest status first. */
  answer(query: { limit?: number; maxId: string | null; minId?: string | null }): Post[];
}

/** The rules of the API that a server breaks. */
export interface Flaws {
  /** The server ignores `max_id` and returns the newest page. */
  readonly noMaxId?: boolean;
  /** The maximum number of statuses of a page. */
  readonly cap?: number;
  /** True for statuses that the server leaves out of a page, but counts towards its limit. */
  readonly hides?: (post: Post) => boolean;
  /** Puts a page into another order. */
  readonly order?: (page: Post[]) => Post[];
}

/** Makes an id as Mastodon does. */
export function snowflake(milliseconds: number, sequence = 0): string {
  return String((BigInt(milliseconds) << 16n) + BigInt(sequence));
}

/** Makes a status with this time and an id, by default an id of the same time. */
export function post(milliseconds: number, id = snowflake(milliseconds)): Post {
  const created_at = new Date(milliseconds).toISOString();
  return { id, uri: `https://bread.example/${id}`, created_at };
}

/** Creates a timeline with these posts. */
export function createTestTimeline(
  posts: readonly Post[],
  flaws: Flaws = {},
  now: () => { wall: number; monotonic: number } = () => ({ wall: 0, monotonic: 0 }),
): TestTimeline {
  const { cap = 40, hides = () => false, order = (page) => page } = flaws;
  const timeline: TestTimeline = {
    posts: [...posts],
    queries: [],
    before: () => {},
    answer({ limit = 40, minId = null, ...query }) {
      const maxId = flaws.noMaxId ? null : query.maxId;
      timeline.queries.push(maxId);
      timeline.before(maxId, timeline.queries.length);
      timeline.posts.sort((a, b) => compareIds(a.id, b.id));
      const fits = timeline.posts.filter(({ id }) =>
        (!minId || compareIds(id, minId) > 0) && (!maxId || compareIds(id, maxId) < 0)
      );
      const most = Math.min(limit, cap);
      const page = minId ? fits.slice(0, most) : fits.slice(-most);
      return order(page.filter((post) => !hides(post)).reverse());
    },
    // deno-lint-ignore require-yield
    async *read(maxId) {
      const statuses = await Promise.resolve(timeline.answer({ maxId }));
      const ids = statuses.map((status) => idOf(status)!);
      const page: Page = {
        statuses,
        next: ids.length === 0 ? null : ids.reduce((a, b) => compareIds(b, a) < 0 ? b : a),
        asked: now(),
      };
      return page;
    },
  };
  return timeline;
}
