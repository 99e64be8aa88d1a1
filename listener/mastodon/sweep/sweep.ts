/**
 * One sweep: it reads a timeline back from its newest page over a span of time.
 *
 * It returns all statuses and editions that are not known yet: posted since the last sweep, left
 * out by the stream, late, or edited. Pages may be short, unordered or empty in the middle. A sweep
 * ends when it has read back far enough, and not just because a page was short. It also ends if the
 * pages stop making progress.
 *
 * @module
 */
import type { Clock } from "../../../common/clock.ts";
import type { Transport } from "../../../record/record.ts";
import type { ServerEvent } from "../event.ts";
import type { GivenStatuses } from "../given-statuses.ts";
import type { Page, Timeline } from "../rest/timeline.ts";
import type { Instant } from "../rest/rest.ts";
import { fingerprintOf } from "../../toot/fingerprint.ts";
import { believableTime } from "../../toot/time.ts";
import { editedOf, idOf, timeOf } from "../status-fields.ts";
import { canPage, compareIds, idAt, idTime } from "../status-id.ts";

/** Options of a sweep. */
export interface SweepOptions {
  readonly timeline: Timeline;
  readonly given: GivenStatuses;
  readonly clock: Clock;
  /** The value of `transport` in the records of the sweep. */
  readonly transport: Transport;
  /** The sweep reads back to this time, in milliseconds since 1970; null for no limit. */
  readonly since: number | null;
  /** A number above 0, and above the numbers of all earlier sweeps. */
  readonly number: number;
  /** Returns true for new statuses that are passed on. Default: all. */
  readonly wants?: (id: string) => boolean;
  /** Called if entries of a page have no usable id, with their number and the first of them. */
  readonly unreadable?: (count: number, first: unknown) => ServerEvent[];
  /**
   * After a page of known statuses whose ids are ahead of now by at most this many milliseconds,
   * the sweep continues at the present time. Default: 0, so that all pages are read.
   */
  readonly skipsAhead?: number;
}

/**
 * How a sweep ended: it read back far enough, or the timeline has nothing older, or its pages
 * stopped making progress.
 */
export type SweepEnd = "reached" | "end" | "stuck";

/** A sweep that is read page by page. */
export interface Sweep {
  readonly number: number;
  readonly since: number | null;
  /** Reads the next page, and yields its new statuses. */
  page(): AsyncGenerator<ServerEvent[], void, undefined>;
  readonly pages: number;
  /** How the sweep ended; null until then. */
  readonly over: SweepEnd | null;
  /** When the first page was requested; null before that. */
  readonly started: Instant | null;
  /**
   * `given.count` when the sweep began. A status with a lower `order` was already known at that time.
   */
  readonly order: number;
  /**
   * The number of new statuses, without edits, for each second in which some were posted. The keys
   * are seconds since 1970.
   */
  readonly fresh: ReadonlyMap<number, number>;
  /** The time of the earliest status that the sweep saw; null before it saw one. */
  readonly earliest: number | null;
  /** The lowest and the highest id that the sweep saw. */
  readonly lowest: string | null;
  readonly highest: string | null;
  /**
   * The last id that the sweep saw; null before it saw one. Requests for missing statuses include
   * this id, to check that the server answers properly. The newest id would be less reliable,
   * because its status may be deleted soon.
   */
  readonly shown: string | null;
  /** The ids that the sweep left out: from `from` to below `until`; null if it left out none. */
  readonly gap: { readonly from: string; readonly until: string } | null;
}

/**
 * If ids contain no times, a sweep has read far enough when this many statuses in a row are older
 * than its span.
 */
const OLDER_RUN = 10;
/**
 * A sweep continues beyond its span until `KNOWN_RUN` statuses in a row are known, but for at most
 * `BEYOND` pages.
 */
const KNOWN_RUN = 5, BEYOND = 10;
/** If the statuses do not get older by a second within this many pages, the sweep gives up. */
const STALLED = 100;
/**
 * The maximum number of empty pages that a sweep skips if it reads back without a limit and the
 * server does not say where to continue.
 */
const SKIPS = 3;
/**
 * This many milliseconds are skipped at an empty page, and twice as many at each further empty page
 * in a row.
 */
const SKIP = 60_000;

/** Returns true if, for most statuses, the time in the id matches `created_at`. */
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

/** Creates a sweep. Nothing is read before the first page is requested. */
export function createSweep(options: SweepOptions): Sweep {
  const { timeline, given, clock, transport, number } = options;
  const { wants = () => true, unreadable = () => [], skipsAhead = 0 } = options;
  // These values are fixed now, because the memory may forget its oldest statuses during the sweep.
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
  /**
   * The id of the present time, if the last page had only known statuses with ids in the future.
   */
  let present: string | null = null;
  let gap: Sweep["gap"] = null;

  const isBefore = (id: string, at: number | null) =>
    (floor.id !== null && canPage(id) && compareIds(id, floor.id) <= 0) ||
    (floor.time !== null && at !== null && at < floor.time);

  /** Takes the statuses of a page, and returns the new ones. */
  function take({ statuses }: Page): ServerEvent[] {
    const events: ServerEvent[] = [];
    const now = clock.now();
    const byId = idsTellTime(statuses);
    timed ||= byId;
    const odd: unknown[] = [];
    let ahead = 0;
    for (const status of statuses) {
      const id = idOf(status);
      if (id === null) {
        odd.push(status);
        continue;
      }
      const created = timeOf(status);
      const at = byId ? idTime(id) ?? created : created;
      // A time that cannot be right does not show how far back the sweep has read.
      const believed = at !== null && at <= now && believableTime(at, now) ? at : null;
      if (shown === null || canPage(id)) shown = id;
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
      const fingerprint = fingerprintOf(status);
      const known = given.find(id);
      if (known !== undefined) {
        // Sweeps take turns, so a sweep with a higher number may have seen the status already.
        known.sweep = Math.max(known.sweep, number);
        known.asked = 0;
      }
      if (isBefore(id, at) || !given.isNew(id, edited, fingerprint)) {
        knownRun++;
        if (known !== undefined) known.fingerprint ||= fingerprint;
        if (byId && at !== null && at > now && at - now <= skipsAhead) ahead++;
        continue;
      }
      if (known === undefined) knownRun = 0;
      if (!wants(id)) continue;
      given.give(id, believed ?? now, edited, fingerprint);
      const noted = given.find(id);
      if (noted !== undefined) noted.sweep = number;
      if (known === undefined) {
        const second = Math.floor((believed ?? now) / 1_000);
        fresh.set(second, (fresh.get(second) ?? 0) + 1);
      }
      events.push({ kind: "status", transport, status });
    }
    const skips = ahead > 0 && ahead === statuses.length && lowest !== null;
    present = skips ? idAt({ id: lowest!, createdAt: idTime(lowest!) }, now + 1) : null;
    if (odd.length > 0) events.push(...unreadable(odd.length, odd[0]));
    return events;
  }

  /** Returns the id at which to continue after an empty page; null if the timeline ends here. */
  function skipTo(): string | null {
    if (!timed || lowest === null || earliest === null) return null;
    if (since === null ? ++skips > SKIPS : earliest - skip / 2 <= since) return null;
    const sample = { id: lowest, createdAt: idTime(lowest) };
    const target = since === null ? earliest - skip : Math.max(since, earliest - skip);
    skip *= 2;
    return idAt(sample, target);
  }

  /** Decides whether to read a next page, and from which id. */
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
    let to: string | null = next ?? (statuses.length === 0 ? skipTo() : null);
    if (present !== null && (to === null || compareIds(present, to) < 0)) {
      to = present;
      gap = { from: present, until: gap?.until ?? lowest! };
    }
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
      // The oldest events are passed on first.
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
    get gap() {
      return gap;
    },
  };
}
