/**
 * What can go wrong with a server, on demand.
 *
 * A fault stays until it has happened `count` times, or `ms` milliseconds have
 * passed, or it is cleared; without either until it is cleared. The kinds that
 * do something to sockets that are open happen at once, `count` times (once by
 * default), or when `after` more statuses have gone out on this server.
 *
 * @module
 */

/** How long a fault stays. */
export interface Lasting {
  /** So many times. */
  count?: number;
  /** So many milliseconds. */
  ms?: number;
}

/** What is done to the open sockets of a server, at once or after some statuses. */
export type SocketFault =
  & (
    /** Closes with this code; 1006 means an end without a close frame. */
    | { kind: "close"; code?: 1000 | 1001 | 1006 | 1012; reason?: string }
    /** Cuts the connections with a TCP reset. */
    | { kind: "reset" }
    /** A frame that is no JSON. */
    | { kind: "invalid-json" }
    /** A frame with nothing in it, as Pleroma sends. */
    | { kind: "empty-frame" }
    /** A frame `{error, status}`, as Mastodon answers a refused subscription. */
    | { kind: "error-frame"; error?: string; status?: number }
    /** An event that no client has heard of. */
    | { kind: "unknown-event"; event?: string }
    /** A frame of exactly this text. */
    | { kind: "frame"; text: string }
  )
  & { count?: number; after?: number };

/** What is done to the statuses and sockets to come. */
export type StreamFault =
  & (
    /** Sockets stay open and nothing comes, not even a ping; what is posted is lost to them. */
    | { kind: "silence" }
    /** Pings come, statuses do not; what is posted is lost to the stream. */
    | { kind: "mute" }
    /** Half of a status's frame, and then the end; or nothing more with `then: "stall"`. */
    | { kind: "half-frame"; then?: "cut" | "stall" }
    /** Statuses are sent twice. */
    | { kind: "duplicate" }
    /** The server's own statuses have null `content`, `url`, `language`, `application`, for good. */
    | { kind: "nulls" }
    /** Statuses have a ULID for an id here, for good; with `count`, the server's own. */
    | { kind: "ulid" }
    /**
     * Statuses from elsewhere wait until `held` (default 3) more have come, and then
     * come with an id of the time they were posted, older than the newest.
     */
    | { kind: "late"; held?: number }
  )
  & Lasting;

/** What is done to requests. */
export type RestFault =
  & (
    /** Answers with this status: 401, 422, 429, 500, 503 or any other. */
    | {
      kind: "http";
      status: number;
      /** `stream` for the upgrade to a WebSocket. Default `rest`: the API without the admin routes. */
      on?: "rest" | "stream" | "any";
      /** Only paths that begin so, such as `/api/v1/timelines`. */
      path?: string;
      /** Default JSON; HTML for 502, 503 and 504, as the proxies before a Mastodon answer. */
      body?: "json" | "html" | "empty" | "half";
      /** For 429: milliseconds until `X-RateLimit-Reset`. Default: the end of the five minutes. */
      resetIn?: number;
      /** Seconds, for a `Retry-After` header. */
      retryAfter?: number;
    }
    /** Drops the connection of a request with a TCP reset instead of answering. */
    | { kind: "drop"; path?: string }
    /** Answers `by` milliseconds late. */
    | { kind: "slow"; by: number; path?: string }
    /** The public feeds are disabled: 200 and empty, and the instance says so. */
    | { kind: "disabled" }
    /** Serves nothing that was posted more than `older` milliseconds ago. */
    | { kind: "hole"; older: number }
    /**
     * Streams from another port, to which the main one redirects with 301. The
     * instance says so, unless `announced` is false.
     */
    | { kind: "moved-stream"; announced?: boolean }
    /** Does not listen at all; comes back on the same port. */
    | { kind: "down" }
  )
  & Lasting;

/** A fault; see the kinds. */
export type Fault = SocketFault | StreamFault | RestFault;
/** The name of a fault. */
export type FaultKind = Fault["kind"];

/** All kinds, for messages and checks. */
export const FAULT_KINDS: readonly FaultKind[] = [
  "close",
  "reset",
  "invalid-json",
  "empty-frame",
  "error-frame",
  "unknown-event",
  "frame",
  "silence",
  "mute",
  "half-frame",
  "duplicate",
  "nulls",
  "ulid",
  "late",
  "http",
  "drop",
  "slow",
  "disabled",
  "hole",
  "moved-stream",
  "down",
];

/** A fault that a server has. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** How often it may still happen. */
  readonly left: number;
  /** Ends it; resolves when all is as before. */
  clear(): Promise<void>;
}

type OfKind<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The faults of a server. */
export interface Faults {
  add(fault: Fault): ActiveFault;
  list(): readonly ActiveFault[];
  /** The first fault of a kind that fits and still lasts. */
  find<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  /** The same, and counts that it happened. */
  use<K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean): OfKind<K> | undefined;
  clear(): void;
}

interface Entry extends ActiveFault {
  left: number;
  until: number;
}

/** No faults yet. */
export function createFaults(clock: () => number): Faults {
  let entries: Entry[] = [];
  let ids = 0;
  const drop = (gone: (entry: Entry) => boolean) => {
    entries = entries.filter((entry) => !gone(entry));
  };
  const expire = () => {
    if (entries.length > 0) drop(({ until, left }) => left <= 0 || clock() >= until);
  };
  const look = <K extends FaultKind>(kind: K, fits?: (fault: OfKind<K>) => boolean) => {
    expire();
    return entries.find(({ fault }) =>
      fault.kind === kind && (!fits || fits(fault as unknown as OfKind<K>))
    );
  };
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
    find: (kind, fits) => look(kind, fits)?.fault as never,
    use(kind, fits) {
      const entry = look(kind, fits);
      if (!entry) return undefined;
      entry.left--;
      if (entry.left <= 0) void entry.clear();
      return entry.fault as never;
    },
    clear: () => drop(() => true),
  };
}
