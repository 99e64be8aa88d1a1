/**
 * One sweep: reading a timeline back from its newest page over a span of time.
 *
 * It gives what was not given before, whatever the reason: posted since the last
 * sweep, lost by the stream, arrived late, edited. Pages may be short, unordered or
 * empty in the middle. A sweep ends when it has reached back far enough, and never
 * because a page was not full; pages that lead nowhere end it too.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import type { Transport } from "../../../record/record.ts";
import type { ServerEvent } from "../event.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import type { Page, Timeline } from "../rest/timeline.ts";
import type { Instant } from "../rest/rest.ts";
import { editedOf, idOf, timeOf } from "../status-fields.ts";
import { canPage, compareIds, idAt, idTime } from "../status-id.ts";

/** What a sweep works with. */
export interface SweepOptions {
  readonly timeline: Timeline;
  readonly given: GivenStatuses;
  readonly clock: Clock;
  /** How the statuses are said to have come. */
  readonly transport: Transport;
  /** It reads back to this time, milliseconds since 1970; null for as far as there is. */
  readonly since: number | null;
  /** Its number, different for each sweep and above 0. */
  readonly number: number;
  /** Which of the new statuses are given. Default: all. */
  readonly wants?: (id: string) => boolean;
  /** Told how many entries of a page have no usable id, and the first of them. */
  readonly unreadable?: (count: number, first: unknown) => ServerEvent[];
}

/**
 * How a sweep ended: it reached back far enough; the timeline has nothing older; or
 * its pages lead nowhere.
 */
export type SweepEnd = "reached" | "end" | "stuck";

/** A sweep, read page by page. */
export interface Sweep {
  readonly number: number;
  readonly since: number | null;
  /** Reads the next page and gives what is new in it. */
  page(): AsyncGenerator<ServerEvent[], void, undefined>;
  readonly pages: number;
  /** Null until it is over. */
  readonly over: SweepEnd | null;
  /** When its first page was asked for. */
  readonly started: Instant | null;
  /** Statuses that had been given when it began. */
  readonly order: number;
  /** New statuses that it gave, by the second in which they were posted, without editions. */
  readonly fresh: ReadonlyMap<number, number>;
  /** The time of the earliest status that it saw; null before it saw one. */
  readonly earliest: number | null;
  /** The lowest and the highest id that it saw. */
  readonly lowest: string | null;
  readonly highest: string | null;
  /** An id that the server shows just now. */
  readonly shown: string | null;
}

/** Older statuses in a row that say "far enough" where the ids do not tell their times. */
const OLDER_RUN = 10;
/** It goes on beyond its span until this many statuses in a row were known, for this many pages at most. */
const KNOWN_RUN = 5, BEYOND = 10;
/** In this many pages the time has to fall by a second, or there is no end to them. */
const STALLED = 100;
/** Empty pages that are skipped where there is no time to skip to. */
const SKIPS = 3;
/** Milliseconds that are skipped at the first empty page; doubled at each further one. */
const SKIP = 60_000;

/** True if most of the ids were made at about the time that their statuses say. */
function idsTellTime(statuses: readonly unknown[]): boolean {
  let both = 0, near = 0;
  for (const status of statuses) {
    const id = idOf(status), created = timeOf(status);
    const made = id === null ? null : idTime(id);
    if (made === null || created === null) continue;
    both++;
    if (Math.abs(made - created) < 86_400_000) near++;
  }
  return both > 0 && near * 2 > both;
}

/** Begins a sweep; nothing is read before its first page is asked for. */
export function createSweep(options: SweepOptions): Sweep {
  const { timeline, given, clock, transport, number } = options;
  const { wants = () => true, unreadable = () => [] } = options;
  // Fixed here: the memory may forget its oldest statuses meanwhile.
  const { floor, count: order } = given;
  const since = floor.time === null || (options.since !== null && options.since > floor.time)
    ? options.since
    : floor.time;

  let cursor: string | null = null;
  const fresh = new Map<number, number>();
  let pages = 0, beyond = 0, olderRun = 0, knownRun = 0;
  let over: SweepEnd | null = null;
  let started: Instant | null = null;
  let earliest: number | null = null;
  let lowest: string | null = null, highest: string | null = null, shown: string | null = null;
  let reached = false, timed = false;
  let skip = SKIP, skips = 0;
  let stallFrom: number | null = null;

  const isBefore = (id: string, at: number | null) =>
    (floor.id !== null && canPage(id) && compareIds(id, floor.id) <= 0) ||
    (floor.time !== null && at !== null && at < floor.time);

  /** Takes a page's statuses; gives those that are new. */
  function take({ statuses }: Page): ServerEvent[] {
    const events: ServerEvent[] = [];
    const now = clock.now();
    const byId = idsTellTime(statuses);
    timed ||= byId;
    const odd: unknown[] = [];
    for (const status of statuses) {
      const id = idOf(status);
      if (id === null) {
        odd.push(status);
        continue;
      }
      const created = timeOf(status);
      const at = byId ? idTime(id) ?? created : created;
      // A time ahead of now says nothing of how far back the sweep is.
      const believed = at !== null && at <= now ? at : null;
      shown ??= id;
      if (canPage(id)) {
        if (lowest === null || compareIds(id, lowest) < 0) lowest = id;
        if (highest === null || compareIds(id, highest) > 0) highest = id;
      }
      if (believed !== null) {
        earliest = Math.min(earliest ?? believed, believed);
        const older = since !== null && believed < since;
        olderRun = older ? olderRun + 1 : 0;
        if (older && byId) reached = true;
      }
      const edited = editedOf(status) <= now ? editedOf(status) : 0;
      const known = given.find(id);
      if (known !== undefined) {
        // Sweeps take turns: a quick one may have begun, and seen it, while a slow one went on.
        known.sweep = Math.max(known.sweep, number);
        known.asked = 0;
      }
      if (isBefore(id, at) || !given.isNew(id, edited)) {
        knownRun++;
        continue;
      }
      if (known === undefined) knownRun = 0;
      if (!wants(id)) continue;
      given.give(id, believed ?? now, edited);
      const noted = given.find(id);
      if (noted !== undefined) noted.sweep = number;
      if (known === undefined) {
        const second = Math.floor((believed ?? now) / 1_000);
        fresh.set(second, (fresh.get(second) ?? 0) + 1);
      }
      events.push({ kind: "status", transport, status });
    }
    if (odd.length > 0) events.push(...unreadable(odd.length, odd[0]));
    return events;
  }

  /** Where to go on after an empty page; null where the timeline ends. */
  function skipTo(): string | null {
    if (!timed || lowest === null || earliest === null) return null;
    if (since === null ? ++skips > SKIPS : earliest - skip / 2 <= since) return null;
    const sample = { id: lowest, createdAt: idTime(lowest) };
    const target = since === null ? earliest - skip : Math.max(since, earliest - skip);
    skip *= 2;
    return idAt(sample, target);
  }

  /** Decides whether there is a next page, and where it ends. */
  function goOn({ statuses, next }: Page): void {
    if (olderRun >= OLDER_RUN) reached = true;
    if (floor.id !== null && next !== null && compareIds(next, floor.id) <= 0) reached = true;
    if (reached && (knownRun >= KNOWN_RUN || ++beyond > BEYOND)) {
      over = "reached";
      return;
    }
    if (statuses.length > 0) skip = SKIP;
    if (pages % STALLED === 0) {
      if (stallFrom !== null && earliest !== null && stallFrom - earliest < 1_000) over = "stuck";
      stallFrom = earliest;
    }
    const to: string | null = next ?? (statuses.length === 0 ? skipTo() : null);
    if (to !== null && (cursor === null || compareIds(to, cursor) < 0)) cursor = to;
    else over ??= reached ? "reached" : statuses.length === 0 ? "end" : "stuck";
  }

  return {
    number,
    since,
    order,
    async *page() {
      const page = yield* timeline.read(cursor);
      started ??= page.asked;
      pages++;
      const events = take(page);
      goOn(page);
      // The oldest first.
      if (events.length > 0) yield events.reverse();
    },
    get pages() {
      return pages;
    },
    get over() {
      return over;
    },
    get started() {
      return started;
    },
    get fresh() {
      return fresh;
    },
    get earliest() {
      return earliest;
    },
    get lowest() {
      return lowest;
    },
    get highest() {
      return highest;
    },
    get shown() {
      return shown;
    },
  };
}
