/**
 * Asks the server about statuses that the timeline no longer shows, to find out which of them were
 * deleted.
 *
 * While a server restarts, a proxy in front of it may answer every request with 404. So statuses
 * count as deleted only if the server also returns a status that the timeline shows at the moment.
 * (If the timeline is empty, 404 is believed without this check.)
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import type { ServerEvent } from "../event.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import type { ManyIds } from "../rest/instance.ts";
import { type Answer, isHtml, type Rest } from "../rest/rest.ts";
import { fingerprintOf } from "../../toot/fingerprint.ts";
import { editedOf, idOf } from "../status-fields.ts";

/**
 * The number of statuses that are checked with one request (one less than Mastodon allows), and the
 * number of statuses that are checked in a row if the server returns only one per request.
 */
const SEVERAL = 19, SINGLES = 9;
/**
 * The maximum number of statuses that wait. If there are more, the next sweep finds the others
 * again.
 */
const MOST = 2_000;

/** The statuses of a server that are to be checked. */
export interface Inquiry {
  /** The number of waiting statuses. */
  readonly size: number;
  /**
   * Adds the ids of statuses to be checked.
   *
   * @param shown the id of a status that the server shows at the moment; null if there is none
   */
  add(ids: readonly string[], shown: string | null): void;
  /**
   * Checks the next few statuses, with one request or several.
   *
   * @param many the parameter for requesting several statuses at once; null if the server returns
   * only one per request
   * @returns deletes, and editions that were missed
   */
  step(many: ManyIds | null): Promise<ServerEvent[]>;
}

/** The answer about one status: it is gone, it exists, or nothing is known (null). */
type Known = { readonly gone: true } | { readonly status: unknown } | null;

/** Creates an inquiry for a server. */
export function createInquiry(
  { rest, given, clock }: { rest: Rest; given: GivenStatuses; clock: Clock },
): Inquiry {
  const waiting = new Set<string>();
  let shown: string | null = null;
  /**
   * The number of failed requests for several statuses since the last success. A request fails if
   * its answer lacks the status `shown`. A missing answer, 429 and 5xx do not count.
   */
  let failures = 0;

  const gone = (answer: Answer) =>
    (answer.status === 404 || answer.status === 410) && !isHtml(answer) &&
    typeof answer.body === "object";

  const pathOf = (id: string) => `/api/v1/statuses/${encodeURIComponent(id)}`;

  async function askOne(id: string): Promise<Known> {
    const answer = await rest.askOnce(pathOf(id));
    if (answer === null) return null;
    if (answer.status === 200 && idOf(answer.body) === id) return { status: answer.body };
    return gone(answer) ? { gone: true } : null;
  }

  async function askSeveral(
    ids: readonly string[],
    many: ManyIds,
  ): Promise<Map<string, Known>> {
    const query = [...ids, shown!].map((id) => `${many}=${encodeURIComponent(id)}`).join("&");
    const answer = await rest.askOnce(`/api/v1/statuses?${query}`);
    const known = new Map<string, Known>();
    if (answer === null || answer.status === 429 || answer.status >= 500) return known;
    const there = new Map<string | null, unknown>(
      Array.isArray(answer.body) ? answer.body.map((status) => [idOf(status), status]) : [],
    );
    if (answer.status !== 200 || !there.has(shown)) {
      failures++;
      return known;
    }
    failures = 0;
    for (const id of ids) {
      known.set(id, there.has(id) ? { status: there.get(id) } : { gone: true });
    }
    return known;
  }

  async function askSingly(ids: readonly string[]): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    for (const id of ids) known.set(id, await askOne(id));
    const believed = [...known.values()].every((answer) => answer === null || "status" in answer) ||
      shown === null || "status" in (await askOne(shown) ?? {});
    if (!believed) {
      for (const [id, answer] of known) {
        if (answer !== null && "gone" in answer) known.set(id, null);
      }
    }
    return known;
  }

  return {
    get size() {
      return waiting.size;
    },
    add(ids, now) {
      shown = now;
      for (const id of ids) if (waiting.size < MOST) waiting.add(id);
    },
    async step(many) {
      const together = failures < 2 && shown !== null ? many : null;
      const ids = [...waiting].slice(0, together === null ? SINGLES : SEVERAL);
      const known = await (together === null ? askSingly(ids) : askSeveral(ids, together));
      const events: ServerEvent[] = [];
      for (const id of ids) {
        waiting.delete(id);
        const answer = known.get(id) ?? null, before = given.find(id);
        if (answer === null || before === undefined || before.deleted) continue;
        if ("gone" in answer) {
          given.delete(id, clock.now());
          events.push({ kind: "delete", id });
          continue;
        }
        before.asked = 1 + Math.floor(clock.monotonic() / 1_000);
        const edited = editedOf(answer.status);
        const fingerprint = fingerprintOf(answer.status);
        if (edited <= clock.now() && given.give(id, before.at, edited, fingerprint)) {
          events.push({ kind: "status", transport: "backfill", status: answer.status });
        }
      }
      return events;
    },
  };
}
