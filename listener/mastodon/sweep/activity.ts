/**
 * The server's own counts of its statuses.
 *
 * @see https://docs.joinmastodon.org/methods/instance/#activity
 * @module
 */
import type { CoverageEvent } from "../event.ts";
import { wholeNumber } from "../../toot/fields.ts";
import type { Rest } from "../rest/rest.ts";

const DAY = 86_400_000, WEEK = 7 * DAY;

/** The number of weeks that are reported: the current week and the one before. */
const WEEKS = 2;

/**
 * Reads the answer of `/api/v1/instance/activity`. Weeks that cannot be read are left out. Servers
 * count by days in UTC, so the span of the current week ends at the end of today.
 *
 * @param now milliseconds since 1970
 */
export function parseActivity(body: unknown, now: number): CoverageEvent[] {
  if (!Array.isArray(body)) return [];
  const tomorrow = (Math.floor(now / DAY) + 1) * DAY;
  return body.slice(0, WEEKS).flatMap((entry) => {
    const week = wholeNumber(entry?.week), statuses = wholeNumber(entry?.statuses);
    if (week === null || statuses === null) return [];
    const from = Math.floor(week * 1000 / DAY) * DAY;
    const until = Math.min(from + WEEK, tomorrow);
    const sound = from > Date.UTC(2006) && from < tomorrow;
    return sound
      ? [
        {
          kind: "coverage",
          ...{ from, until, transport: "activity", outcome: "counted", statuses },
          cause: null,
        } as const,
      ]
      : [];
  });
}

/** Requests the counts; returns an empty list if the server does not publish them. */
export async function readActivity(rest: Rest, now: number): Promise<CoverageEvent[]> {
  const answer = await rest.askOnce("/api/v1/instance/activity");
  return answer?.status === 200 ? parseActivity(answer.body, now) : [];
}
