/**
 * A timeline in memory, for tests: pages by the rules of the API, or by what some
 * servers take for them.
 *
 * @module
 */
import { compareIds } from "../status-id.ts";
import { idOf } from "../status-fields.ts";
import type { Page, Timeline } from "../rest/timeline.ts";

/** A status with what is needed of it. */
export interface Post {
  readonly id: string;
  readonly uri: string;
  readonly created_at: string;
  readonly edited_at?: string;
}

/** A timeline that can be added to. */
export interface TestTimeline extends Timeline {
  /** In any order. */
  posts: Post[];
  /** What was asked for: `max_id`, or null for the newest page. */
  readonly queries: (string | null)[];
  /** Called before each answer. */
  before: (maxId: string | null, count: number) => void;
  /** A page as the API gives it, the newest first. */
  answer(query: { limit?: number; maxId: string | null; minId?: string | null }): Post[];
}

/** What a server does not keep to. */
export interface Flaws {
  /** `max_id` is not known: the newest page is given. */
  readonly noMaxId?: boolean;
  /** Statuses a page at most. */
  readonly cap?: number;
  /** True for statuses that are left out of a page after they were counted. */
  readonly hides?: (post: Post) => boolean;
  /** Puts a page into another order. */
  readonly order?: (page: Post[]) => Post[];
}

/** An id as Mastodon makes it. */
export function snowflake(milliseconds: number, sequence = 0): string {
  return String((BigInt(milliseconds) << 16n) + BigInt(sequence));
}

/** A status posted at a time, with an id of that time or another. */
export function post(milliseconds: number, id = snowflake(milliseconds)): Post {
  const created_at = new Date(milliseconds).toISOString();
  return { id, uri: `https://bread.example/${id}`, created_at };
}

/** Makes one of these posts. */
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
