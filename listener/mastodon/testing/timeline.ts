/**
 * A timeline in memory, for tests: pages by the rules of the API, or by what some
 * servers take for them.
 *
 * @module
 */
import { compareIds } from "../status-id.ts";
import type { Page, PageQuery, Timeline } from "../rest/timeline.ts";

/** A status with what is needed of it. */
export interface Post {
  readonly id: string;
  readonly uri: string;
  readonly created_at: string;
}

/** A timeline that can be added to. */
export interface TestTimeline extends Timeline {
  /** In the order of their ids. */
  posts: Post[];
  /** What was asked for. */
  readonly queries: PageQuery[];
  /** Called before each answer. */
  before: (query: PageQuery, count: number) => void;
}

/** What a server does not keep to. */
export interface Flaws {
  /** `min_id` is not known: the newest page is given. */
  readonly noMinId?: boolean;
  /** `max_id` is not known either. */
  readonly noMaxId?: boolean;
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
export function createTestTimeline(posts: readonly Post[], flaws: Flaws = {}): TestTimeline {
  const answer = (query: PageQuery): Page => {
    timeline.queries.push(query);
    timeline.before(query, timeline.queries.length);
    const { limit = 40 } = query;
    const minId = flaws.noMinId ? null : query.minId, maxId = flaws.noMaxId ? null : query.maxId;
    timeline.posts.sort((a, b) => compareIds(a.id, b.id));
    const fits = timeline.posts.filter(({ id }) =>
      (!minId || compareIds(id, minId) > 0) && (!maxId || compareIds(id, maxId) < 0)
    );
    const statuses = minId ? fits.slice(0, limit) : fits.slice(-limit);
    return { statuses, oldest: statuses[0]?.id ?? null, newest: statuses.at(-1)?.id ?? null };
  };
  const timeline: TestTimeline = {
    posts: [...posts],
    queries: [],
    before: () => {},
    // deno-lint-ignore require-yield
    async *read(query = {}) {
      return await Promise.resolve(answer(query));
    },
    glance: (query) => Promise.resolve(answer(query)),
  };
  return timeline;
}
