/**
 * The active faults of a server.
 *
 * A fault is active until it has happened `count` times, `ms` milliseconds have passed, or it is
 * cleared. The ways in which a server's software differs from Mastodon are faults too. They are
 * always active.
 *
 * @module
 */
import type { Fault, FaultKind, OfKind } from "./fault.ts";

/** An active fault of a server. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** The number of times that it may still happen. */
  readonly left: number;
  /** Ends the fault. Resolves when the server works as before. */
  clear(): Promise<void>;
}

/** The faults of a server. */
export interface Faults {
  add(fault: Fault): ActiveFault;
  /** Returns the active faults that were added, without those that imitate the server's software. */
  list(): readonly ActiveFault[];
  /** Returns the first active fault of a kind that `fits` accepts. */
  find<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  /**
   * Returns the first active fault like `find`, and counts that it has happened once. Returns
   * undefined if no fault applies, or if its `share` leaves this case out.
   */
  use<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  clear(): void;
}

/** Options of {@linkcode createFaults}. */
export interface FaultsOptions {
  /** Returns the faults that the software always has. Default: none. */
  standing?(): readonly Fault[];
  /** Returns a random number from 0 to 1, for faults with a `share`. Default: always 0. */
  draw?(): number;
}

interface Entry extends ActiveFault {
  left: number;
  until: number;
}

/** Creates the faults of a server: at first, only those of its software. */
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
