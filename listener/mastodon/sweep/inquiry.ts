/**
 * Asking about statuses that were given and are shown no more: which of them has
 * the server deleted?
 *
 * A proxy in front of a server that restarts answers 404 to everything. So a
 * status that the server shows is asked for together with them, and only while
 * that one is there are the others believed to be gone.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import type { ServerEvent } from "../event.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import { type Answer, isHtml, type Rest } from "../rest/rest.ts";
import { editedOf, idOf } from "../status-fields.ts";

/**
 * How many statuses are requested at once, one less than Mastodon allows, and how many one by
 * one.
 */
const SEVERAL = 19, SINGLES = 4;
/** The most statuses that wait. The next sweep finds the others again. */
const MOST = 2_000;

/** The statuses of a server that must be requested. */
export interface Inquiry {
  /** How many wait. */
  readonly size: number;
  /** Adds ids, and an id that the server shows at the moment; null if it shows none. */
  add(ids: readonly string[], shown: string | null): void;
  /**
   * Asks about the next few, with one request or a handful.
   *
   * @param several whether the server gives several statuses with one request
   * @returns deletes, and editions that were missed
   */
  step(several: boolean): Promise<ServerEvent[]>;
}

/** What the answer shows of a status. */
type Known = { readonly gone: true } | { readonly status: unknown } | null;

/** Creates an inquiry for a server. */
export function createInquiry(
  { rest, given, clock }: { rest: Rest; given: GivenStatuses; clock: Clock },
): Inquiry {
  const waiting = new Set<string>();
  let shown: string | null = null;
  /** How often a request for several statuses did not return the one that the server shows. */
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

  async function askSeveral(ids: readonly string[]): Promise<Map<string, Known>> {
    const query = [...ids, shown!].map((id) => `id[]=${encodeURIComponent(id)}`).join("&");
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
    async step(several) {
      const together = several && failures < 2 && shown !== null;
      const ids = [...waiting].slice(0, together ? SEVERAL : SINGLES);
      const known = await (together ? askSeveral(ids) : askSingly(ids));
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
        if (edited <= clock.now() && given.give(id, before.at, edited)) {
          events.push({ kind: "status", transport: "backfill", status: answer.status });
        }
      }
      return events;
    },
  };
}
