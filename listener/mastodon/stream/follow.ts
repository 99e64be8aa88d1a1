/**
 * Follows a server's stream: connects, listens, and connects again, forever. The sweeper finds the
 * statuses that were missed while no connection was open.
 *
 * @module
 */
import { sleep } from "../../../common/clock.ts";
import { createBackoff } from "../../../common/retry.ts";
import type { ServerEvent } from "../event.ts";
import { duration, notice } from "../notice.ts";
import { refusal, timelineName } from "../refusal.ts";
import { retryAfter } from "../rest/rate-limit.ts";
import { refreshInstance, type ServerContext } from "../server-context.ts";
import { fingerprintOf } from "../../toot/fingerprint.ts";
import { editedOf, idOf, timeOf } from "../status-fields.ts";
import type { StreamNews } from "../sweep/sweeper.ts";
import { connect, type TokenPlace } from "./connect.ts";
import type { Ended, Stream } from "./stream.ts";

/**
 * After a connection of at least this many milliseconds, the waits start again from the shortest.
 */
const STABLE = 60_000;
/** The longest wait between two attempts, in milliseconds. */
const CAP = 90_000;
/**
 * If a server has never streamed after this many attempts, the waits grow by up to `LATE_CAP`
 * milliseconds.
 */
const FREE_ATTEMPTS = 10, LATE_CAP = 1_800_000;
/**
 * The shortest time in milliseconds between two requests for the server's description, which names
 * its streaming host.
 */
const REFRESH = 60_000;
/** While a problem lasts, its notice is repeated after this many milliseconds. */
const REPEAT_NOTICE = 600_000;

/** Follows the stream of a server. */
export interface Follower {
  /** Follows until the signal is aborted. */
  run(news: StreamNews): AsyncGenerator<ServerEvent[], void, undefined>;
  /** Closes the open connection, and opens another one. */
  restart(cause: string): void;
}

/** A problem with the latest connection, or with the attempt to open one. */
interface Trouble {
  /** The text for the log. */
  readonly text: string;
  /** The shortest wait until the next attempt, in milliseconds. */
  readonly wait: number;
  /**
   * True if the end of the connection is not alarming: the listener ended it, nothing arrived any
   * more, or servers usually end it like this when they restart.
   */
  readonly usual: boolean;
}

/** Returns true for the HTTP statuses of a server that does not accept the token. */
const forbids = (status: number | null) => status === 401 || status === 403 || status === 422;

/** Creates the follower of a server. */
export function createFollower(context: ServerContext): Follower {
  const { deps: { clock, random }, options, host, rhythm, memory: { given } } = context;
  const { signal } = options;
  const backoff = createBackoff({ cap: CAP, random });
  const known = new Set<string>();
  const place: TokenPlace = { subprotocol: false };
  let current: Stream | null = null;
  /** The number of attempts in a row that brought no status and lasted less than `STABLE`. */
  let failures = 0;
  let streamed = false;
  let told = "", toldAt = -Infinity, refreshedAt = -Infinity;

  /**
   * Adds the statuses among the events to the memory, and marks deleted ones there. Returns the
   * events without the statuses that are already deleted.
   */
  function take(events: ServerEvent[], news: StreamNews): ServerEvent[] {
    let statuses = 0;
    const now = clock.now();
    const taken = events.filter((event) => {
      if (event.kind === "delete") given.delete(event.id, now);
      if (event.kind !== "status") return true;
      statuses++;
      const id = idOf(event.status);
      if (id === null) return true;
      const at = Math.min(timeOf(event.status) ?? now, now);
      const edited = editedOf(event.status);
      // If a status is deleted right after it was posted, servers may send the delete first.
      return given.give(id, at, edited <= now ? edited : 0, fingerprintOf(event.status)) ||
        !given.find(id)?.deleted;
    });
    if (statuses > 0) {
      if (rhythm.note(statuses) > 0) news.paused();
      news.gave(statuses);
      streamed = true;
      failures = 0;
    }
    return taken;
  }

  /** Yields the events of a connection until it ends. */
  async function* listen(
    stream: Stream,
    news: StreamNews,
  ): AsyncGenerator<ServerEvent[], Ended, undefined> {
    rhythm.restart();
    for (let names = known.size;;) {
      const events = take(stream.take(), news);
      if (known.size > names) {
        for (const name of [...known].slice(names)) {
          events.push(notice("info", `${host}: events "${name}" are ignored`));
        }
        names = known.size;
      }
      if (events.length > 0) yield events;
      else if (stream.ended !== null && stream.empty) return stream.ended;
      else await stream.ready();
      signal.throwIfAborted();
    }
  }

  /** Opens a connection and listens to it. Returns why it ended. */
  async function* attempt(
    news: StreamNews,
  ): AsyncGenerator<ServerEvent[], Trouble, undefined> {
    const opening = yield* connect(context, known, place);
    signal.throwIfAborted();
    if ("failed" in opening) {
      failures++;
      // After a redirect elsewhere, another attempt would lead to the same place, so the wait is
      // long.
      return { text: opening.failed, wait: "elsewhere" in opening ? CAP : 0, usual: false };
    }
    if ("refused" in opening) {
      failures++;
      const { status, headers } = opening.refused;
      const named = status === 429 || headers["retry-after"] !== undefined;
      const wait = named ? retryAfter(headers, clock.now()) ?? 0 : 0;
      const said = headers["x-error-message"];
      const text = forbids(status)
        ? refusal(options, "stream", { status, headers, said }).message
        : `the stream was refused with ${status}`;
      return { text, wait, usual: false };
    }
    const { stream } = opening;
    const opened = clock.monotonic();
    failures++; // Set to 0 when the connection brings a status or has lasted long enough.
    current = stream;
    try {
      yield [notice("info", `${host}: the stream of its ${timelineName(options)} is open`)];
      news.opened();
      told = "";
      const ended = yield* listen(stream, news);
      const { cause, error, ours, quiet } = ended;
      news.ended({ cause, from: ended.heard, quiet: quiet ?? false });
      if (clock.monotonic() - opened >= STABLE) {
        backoff.reset();
        failures = 0;
      }
      const refused = error !== undefined && forbids(error.status);
      const text = refused
        ? refusal(options, "stream", { status: error.status, said: error.message }).message
        : cause;
      const usual = ours || quiet || /^closed (1000|1001|1012)$/.test(cause);
      return { text, wait: 0, usual };
    } finally {
      current = null;
      await stream.close();
    }
  }

  /** Reports a problem, unless it was reported recently. */
  function* tell({ text, usual }: Trouble, wait: number): Generator<ServerEvent[]> {
    const now = clock.monotonic();
    if (text === told && now - toldAt < REPEAT_NOTICE) return;
    told = text;
    toldAt = now;
    const message = text.startsWith(host) ? text : `${host}: ${text}`;
    const meanwhile = failures > 1 ? `; its ${timelineName(options)} is polled meanwhile` : "";
    yield [
      notice(
        usual ? "info" : "warning",
        `${message}; opening the stream again in ${duration(wait)}${meanwhile}`,
      ),
    ];
  }

  return {
    restart: (cause) => current?.end(cause),
    async *run(news) {
      for (;;) {
        const trouble = yield* attempt(news);
        signal.throwIfAborted();
        const extra = streamed ? 0 : Math.max(0, failures - FREE_ATTEMPTS) * 60_000;
        const wait = trouble.wait + backoff.next() + Math.min(LATE_CAP, extra);
        yield* tell(trouble, wait);
        await sleep(clock, wait, signal);
        signal.throwIfAborted();
        // The server may have changed its streaming address.
        const now = clock.monotonic();
        if (failures === 0 || now - refreshedAt < REFRESH) continue;
        refreshedAt = now;
        yield* refreshInstance(context);
      }
    },
  };
}
