/**
 * What the server itself counts.
 *
 * @see https://docs.joinmastodon.org/methods/instance/#activity
 * @module
 */
import type { CoverageEvent } from "../event.ts";
import type { Rest } from "../rest/rest.ts";

const WEEK = 7 * 86_400_000;

/** The weeks that are told: this one, which goes on, and the one before. */
const WEEKS = 2;

/** Reads the answer; weeks that cannot be read are left out. */
export function parseActivity(body: unknown): CoverageEvent[] {
  if (!Array.isArray(body)) return [];
  return body.slice(0, WEEKS).flatMap((entry) => {
    const from = Number(entry?.week) * 1000, statuses = Number(entry?.statuses);
    const sound = from > Date.UTC(2006) && from < Date.UTC(2100) &&
      Number.isSafeInteger(statuses) && statuses >= 0;
    return sound
      ? [
        {
          kind: "coverage",
          ...{ from, until: from + WEEK, transport: "activity", outcome: "counted", statuses },
          cause: null,
        } as const,
      ]
      : [];
  });
}

/** Asks for it; nothing if the server does not tell. */
export async function readActivity(rest: Rest): Promise<CoverageEvent[]> {
  const answer = await rest.askOnce("/api/v1/instance/activity");
  return answer?.status === 200 ? parseActivity(answer.body) : [];
}
