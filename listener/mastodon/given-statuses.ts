/**
 * Remembers the statuses of a timeline, so that a sweep can tell which are new, edited or deleted.
 * It stores ids, times and fingerprints, but no texts.
 *
 * @module
 */
import type { Given, Outcome } from "./given.ts";
import { GivenColumns } from "./given-columns.ts";
import { NO_FINGERPRINT, optsOut } from "../toot/fingerprint.ts";

/**
 * The point at which the memory begins; older statuses are unknown. Both fields are null if the
 * memory reaches back without a limit.
 */
export interface Floor {
  readonly id: string | null;
  /** The time of this point, in milliseconds since 1970. */
  readonly time: number | null;
}

/** The point of the timeline at which the very first run began, and the time of that start. */
export interface Origin {
  /** Statuses before this point are never wanted. */
  readonly floor: Floor;
  /** The time of the start, in milliseconds since 1970. */
  readonly at: number;
}

/** A status in the form in which it is saved. */
export type Entry = Pick<Given, "id" | "at" | "edited" | "outcome" | "deleted">;

/** The memory of one timeline of one server. */
export interface GivenStatuses {
  readonly size: number;
  /** The number of statuses so far, including forgotten ones. */
  readonly count: number;
  readonly floor: Floor;
  /** The point and the time at which the first run began; null if it has not begun yet. */
  readonly origin: Origin | null;
  /** Sets the point at which the first run begins. Earlier statuses are not wanted. */
  begin(floor: Floor, now: number): void;
  find(id: string): Given | undefined;
  /**
   * Returns true if this edition of the status is new: the status is unknown, or this edition is
   * later than the known one, or it has the same time of editing but another fingerprint. False if
   * the status is marked as deleted. If `fingerprint` is missing, only the time of editing decides.
   * If only the known edition has no fingerprint and has the same time, this edition is new if its
   * author has opted out and the known edition became a full record.
   */
  isNew(id: string, edited: number, fingerprint?: number): boolean;
  /** Adds a status or a newer edition. Returns false if the edition is not new. */
  give(id: string, at: number, edited: number, fingerprint?: number): boolean;
  /** Sets the outcome of a status. */
  settle(id: string, outcome: Outcome): void;
  /** Marks a status as deleted by the server. */
  delete(id: string, now: number): void;
  /** All remembered statuses, roughly in the order in which they arrived. */
  entries(): Iterable<readonly [string, Given]>;
  /**
   * Returns the statuses that were settled or deleted since the last call, to be saved once they
   * are durable. These objects show the present state of the memory, so read them before the memory
   * changes.
   */
  changes(): readonly Readonly<Entry>[];
}

/** Options of {@linkcode createGivenStatuses}. */
export interface GivenOptions {
  /**
   * The size of a generation. A full memory holds at least this many statuses, and at most twice as
   * many. Default: 50,000.
   */
  readonly most?: number;
  readonly floor?: Floor;
  readonly origin?: Origin | null;
  /** The statuses of the last run, the oldest first. */
  readonly entries?: Iterable<Entry>;
}

/** The floor of a memory without a limit. */
export const NO_FLOOR: Floor = { id: null, time: null };

/**
 * Creates a memory of two generations. When the younger generation is full, it replaces the older
 * one, whose statuses are forgotten. The memory then begins where the full generation begins.
 *
 * @example
 * ```ts
 * import { createGivenStatuses } from "./given-statuses.ts";
 *
 * const given = createGivenStatuses();
 * if (!given.give("1", 0, 0)) throw new Error("it was new");
 * if (given.give("1", 0, 0)) throw new Error("it was given before");
 * if (!given.give("1", 0, 1_000)) throw new Error("this edition was new");
 * ```
 */
export function createGivenStatuses(options: GivenOptions = {}): GivenStatuses {
  const { most = 50_000 } = options;
  let { floor = NO_FLOOR, origin = null } = options;
  let young = new GivenColumns(), old = new GivenColumns();
  let count = 0;
  let changed: Given[] = [];
  /** The time of the first status in the younger generation; null if it is empty. */
  let since: number | null = null;

  const find = (id: string) => young.find(id) ?? old.find(id);

  function add(id: string, at: number, edited: number): Given {
    if (young.size >= most) {
      old = young;
      young = new GivenColumns();
      if (since !== null) floor = { id: null, time: since };
      since = null;
    }
    since ??= at;
    return young.add(id, at, edited, count++);
  }

  function change(given: Given): void {
    if (given.changed) return;
    given.changed = true;
    changed.push(given);
  }

  for (const { id, at, edited, outcome, deleted } of options.entries ?? []) {
    const given = find(id) ?? add(id, at, edited);
    Object.assign(given, { edited, outcome, deleted });
  }

  function isNewEdition(given: Given, edited: number, fingerprint: number): boolean {
    if (given.deleted || edited < given.edited) return false;
    if (edited > given.edited) return true;
    if (fingerprint === NO_FINGERPRINT || fingerprint === given.fingerprint) return false;
    if (given.fingerprint !== NO_FINGERPRINT) return true;
    // The earlier text is unknown, but the outcome `record` shows that the author had not opted
    // out.
    return given.outcome === "record" && optsOut(fingerprint);
  }

  const isNew = (id: string, edited: number, fingerprint = NO_FINGERPRINT) => {
    const given = find(id);
    return given === undefined || isNewEdition(given, edited, fingerprint);
  };

  return {
    get size() {
      return young.size + old.size;
    },
    get count() {
      return count;
    },
    get floor() {
      return floor;
    },
    get origin() {
      return origin;
    },
    begin(start, now) {
      floor = start;
      origin = { floor, at: now };
    },
    find,
    isNew,
    give(id, at, edited, fingerprint = NO_FINGERPRINT) {
      const given = find(id);
      if (given === undefined) {
        // A full memory keeps the newest statuses: a status from before the younger generation is
        // passed on, but not remembered.
        if (since !== null && at < since && young.size + old.size >= most) return true;
        add(id, at, edited).fingerprint = fingerprint;
        return true;
      }
      const isNewer = isNewEdition(given, edited, fingerprint);
      if (edited < given.edited) return false;
      given.edited = edited;
      if (fingerprint !== NO_FINGERPRINT) given.fingerprint = fingerprint;
      return isNewer;
    },
    settle(id, outcome) {
      const given = find(id);
      if (given === undefined) return;
      given.outcome = outcome;
      change(given);
    },
    delete(id, now) {
      const given = find(id) ?? add(id, now, 0);
      given.deleted = true;
      change(given);
    },
    *entries() {
      yield* old;
      yield* young;
    },
    changes() {
      const told = changed;
      changed = [];
      for (const given of told) given.changed = false;
      return told;
    },
  };
}
