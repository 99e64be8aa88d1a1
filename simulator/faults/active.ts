/**
 * The faults that a server has at the moment.
 *
 * A fault stays until it has happened `count` times, or `ms` milliseconds have
 * passed, or it is cleared. A server's software adds the ways in which it always
 * differs from Mastodon; those stay.
 *
 * @module
 */
import type { Fault, FaultKind, OfKind } from "./fault.ts";

/** A fault that a server has. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** How often it may still happen. */
  readonly left: number;
  /** Ends it; resolves when all is as before. */
  clear(): Promise<void>;
}

/** The faults of a server. */
export interface Faults {
  add(fault: Fault): ActiveFault;
  /** The faults that were added and still last, without those of the software. */
  list(): readonly ActiveFault[];
  /** The first fault of a kind that fits and still lasts. */
  find<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  /**
   * The fault for one case: undefined if its `share` leaves this case out; otherwise the case
   * is counted.
   */
  use<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  clear(): void;
}

/** What {@linkcode createFaults} needs besides the clock. */
export interface FaultsOptions {
  /** The faults that the software always has. Default none. */
  standing?(): readonly Fault[];
  /** Draws a number from 0 to 1, for faults with a `share`. Default: always 0. */
  draw?(): number;
}

interface Entry extends ActiveFault {
  left: number;
  until: number;
}

/** A server without faults, save those of its software. */
export function createFaults(
  clock: () => number,
  { standing = () => [], draw = () => 0 }: FaultsOptions = {},
): Faults {
  let entries: Entry[] = [];
  let ids = 0;
  const drop = (gone: (entry: Entry) => boolean) => {
    entries = entries.filter((entry) => !gone(entry));
  };
  const expire = () => {
    if (entries.length > 0) drop(({ until, left }) => left <= 0 || clock() >= until);
  };
  const matches = (fault: Fault, kind: FaultKind, fits?: (fault: never) => boolean) =>
    fault.kind === kind && (!fits || fits(fault as never));
  const findEntry = (kind: FaultKind, fits?: (fault: never) => boolean) => {
    expire();
    return entries.find(({ fault }) => matches(fault, kind, fits));
  };
  const findStanding = (kind: FaultKind, fits?: (fault: never) => boolean) =>
    standing().find((fault) => matches(fault, kind, fits));
  const spared = (fault: Fault) =>
    "share" in fault && fault.share !== undefined && draw() >= fault.share;

  return {
    add(fault) {
      const id = ++ids;
      const entry: Entry = {
        id,
        fault,
        left: fault.count ?? Infinity,
        until: "ms" in fault && fault.ms !== undefined ? clock() + fault.ms : Infinity,
        clear: () => Promise.resolve(drop((entry) => entry.id === id)),
      };
      entries.push(entry);
      return entry;
    },
    list() {
      expire();
      return entries;
    },
    find: (kind, fits) => (findEntry(kind, fits)?.fault ?? findStanding(kind, fits)) as never,
    use(kind, fits) {
      const entry = findEntry(kind, fits);
      const fault = entry?.fault ?? findStanding(kind, fits);
      if (fault === undefined || spared(fault)) return undefined;
      if (entry) {
        entry.left--;
        if (entry.left <= 0) void entry.clear();
      }
      return fault as never;
    },
    clear: () => drop(() => true),
  };
}
