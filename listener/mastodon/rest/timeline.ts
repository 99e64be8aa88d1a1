/**
 * Pages of a public timeline.
 *
 * @see https://docs.joinmastodon.org/methods/timelines/#public
 * @module
 */
import { sleep } from "../../../common/clock.ts";
import { createBackoff } from "../../../common/retry.ts";
import { PAGE_STATUSES } from "../../limits.ts";
import { asList } from "../../toot/fields.ts";
import type { ServerEvent } from "../event.ts";
import type { FeedDeps, FeedOptions } from "../feed-options.ts";
import { duration, notice } from "../notice.ts";
import { refusal } from "../refusal.ts";
import { canPage, compareIds } from "../status-id.ts";
import { idOf } from "../status-fields.ts";
import { AnswerTooLong } from "./http.ts";
import type { Headers } from "./rate-limit.ts";
import type { Answer, Instant, Rest } from "./rest.ts";

/** The maximum number of statuses of a Mastodon page. */
const PAGE = 40;

/** A page of statuses in the server's order, as unchecked JSON. */
export interface Page {
  readonly statuses: readonly unknown[];
  /**
   * The `max_id` of the next page: the lowest of the ids in this page and in its link; null if
   * there are none.
   */
  readonly next: string | null;
  /** When the page was requested. */
  readonly asked: Instant;
}

/** Reads pages of one server's timeline. */
export interface Timeline {
  /**
   * Reads the newest page, or the page of statuses just before `maxId`. It repeats the request
   * until the server sends a page.
   *
   * @throws {Failure} if the server refuses and has never sent a page, in this run or earlier
   */
  read(maxId: string | null): AsyncGenerator<ServerEvent[], Page, undefined>;
}

/**
 * Returns the `max_id` in the link to the next page; null without a link. The link is right even if
 * the server left statuses out of this page.
 */
function nextByLink(headers: Headers): string | null {
  const address = headers["link"]?.match(/<([^<>]*)>[^<>]*?;\s*rel=["']?next\b/i)?.[1];
  if (address === undefined || !URL.canParse(address, "https://relative.example")) return null;
  return new URL(address, "https://relative.example").searchParams.get("max_id");
}

function toPage({ body, headers, asked }: Answer): Page | null {
  const all = asList(body);
  if (all === null) return null;
  const statuses = all.length > PAGE_STATUSES ? all.slice(0, PAGE_STATUSES) : all;
  const ids = [...statuses.map(idOf), nextByLink(headers)]
    .filter((id) => id !== null && canPage(id)) as string[];
  const next = ids.length === 0
    ? null
    : ids.reduce((low, id) => compareIds(id, low) < 0 ? id : low);
  return { statuses, next, asked };
}

/** The waits in milliseconds between requests to a server that answered before and refuses now. */
const REFUSED = { base: 2_000, cap: 60_000 };
/** After this many refusals in a row, the waits grow by up to `LONGEST` milliseconds. */
const FREE_ATTEMPTS = 10, LONGEST = 900_000;

/** Creates the reader of one server's public timeline, local or federated. */
export function createTimeline(options: FeedOptions, deps: FeedDeps, rest: Rest): Timeline {
  const { signal, federated } = options;
  const { clock, random } = deps;
  // A server that answered in an earlier run is not given up when a proxy refuses for a while.
  let answered = (options.resume ?? null) !== null ||
    (options.memory?.given.origin ?? null) !== null;
  let limit = PAGE;

  /**
   * Requests a page. If the answer is too long, it returns null, and requests shorter pages from
   * then on.
   */
  async function* ask(
    params: Record<string, string>,
  ): AsyncGenerator<ServerEvent[], Answer | null, undefined> {
    try {
      params.limit = String(limit);
      return yield* rest.get("/api/v1/timelines/public", params);
    } catch (error) {
      if (!(error instanceof AnswerTooLong)) throw error;
      if (limit > 1) limit = limit >> 1;
      else await sleep(clock, REFUSED.cap, signal);
      signal.throwIfAborted();
      return null;
    }
  }

  return {
    async *read(maxId) {
      const params: Record<string, string> = {};
      if (!federated) params.local = "true";
      if (maxId !== null) params.max_id = maxId;
      const backoff = createBackoff({ ...REFUSED, random });
      let told = "";
      for (;;) {
        const answer: Answer | null = yield* ask(params);
        if (answer === null) continue;
        const { status, headers, body } = answer;
        const page = status >= 200 && status < 300 ? toPage(answer) : null;
        if (page !== null) {
          answered = true;
          return page;
        }
        const said = (body as { error?: unknown } | null)?.error;
        const failure = refusal(options, "timeline", { status, headers, said });
        if (!answered) throw failure;
        // The request is repeated forever, because a server under maintenance may refuse everybody
        // for a while.
        const extra = backoff.attempts - FREE_ATTEMPTS;
        const wait = backoff.next() + (extra > 0 ? Math.min(LONGEST, extra * 60_000) : 0);
        if (failure.message !== told || wait > 30_000) {
          told = failure.message;
          yield [notice("warning", `${told}; trying again in ${duration(wait)}`)];
        }
        await sleep(clock, wait, signal);
        signal.throwIfAborted();
      }
    },
  };
}
