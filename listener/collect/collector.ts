/**
 * Between the servers and the sinks: what is heard becomes records, once each,
 * in batches; and what is durable becomes a checkpoint.
 *
 * @module
 */
import type { Deletion, Timeline, Toot } from "../../record/record.ts";
import { type Batches, type BatchesOptions, createBatches } from "./batches.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { DeadLetters } from "./dead-letter-file.ts";
import { createRecent } from "./dedupe.ts";
import type { DeleteJournal } from "./delete-journal.ts";
import type { Durability } from "./durability.ts";
import { gapText } from "../report/gap-text.ts";
import type { Log } from "../report/log.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import { idOf } from "../mastodon/cursor.ts";
import type { ServerEvent, StatusEvent } from "../mastodon/event.ts";
import { compareIds } from "../mastodon/status-id.ts";
import type { Sink } from "../sinks/sink.ts";
import { withheldReason } from "../toot/consent.ts";
import { type Privacy, type Reading, type ServerIdentity, toToot } from "../toot/toot.ts";
import { type ServerTotals, serverTotals, type Totals } from "../report/totals.ts";

/** What is kept of a server between two runs. */
export interface Keeping {
  readonly checkpoint: Checkpoint;
  readonly deletes: DeleteJournal;
}

/** What {@linkcode createCollector} works with. */
export interface CollectorOptions {
  readonly sinks: readonly Sink[];
  /** Told by the sinks what they have for good. */
  readonly durability: Durability;
  readonly privacy: Privacy;
  /** By `baseURL`; a server that is not in it keeps nothing (a replay). */
  readonly keeping?: ReadonlyMap<string, Keeping>;
  readonly deadLetters: DeadLetters;
  readonly totals: Totals;
  readonly log: Log;
  /** Stop after so many toots. Default: never. */
  readonly limit?: number | null;
  /** Which timelines are read, for the coverage. Default `local`. */
  readonly timeline?: Timeline;
  /** Told when the limit is reached, and when a sink has failed. */
  readonly stop: () => void;
  /** Different statuses that are remembered, so that none comes twice. Default 20,000. */
  readonly remember?: number;
  readonly batches?: BatchesOptions;
  readonly clock?: Clock;
}

/** Takes what servers tell. */
export interface Collector {
  /** The limit is reached: nothing more is taken. */
  readonly full: boolean;
  /** Takes an event. Never waits: between bursts of events wait for {@linkcode room}. */
  take(baseURL: string, event: ServerEvent): void;
  /** A promise of room, where there is none. Rejects where a sink has failed. */
  room(): Promise<void> | undefined;
  /**
   * Gives the sinks what is left, makes all of it durable, and writes the
   * checkpoints: also where a sink has failed, of what the others and it have.
   *
   * @throws what the first sink that failed threw
   */
  finish(): Promise<void>;
}

interface Server {
  readonly baseURL: string;
  readonly totals: ServerTotals;
  readonly keeping: Keeping | undefined;
  /** The newest id that was taken, and when that status was posted, as the server wrote it. */
  newest: string | null;
  time: unknown;
  /** What it says of itself; undefined before it was asked. */
  identity: ServerIdentity | undefined;
  /** An id that the checkpoint must not pass for now; null where there is no doubt. */
  doubt: string | null;
  /** Not yet marked: a newer position, so many deletes in the journal. */
  moved: boolean;
  journalled: number;
}

/** Makes a collector; with the deletes that the last run left. */
export function createCollector(options: CollectorOptions): Collector {
  const { sinks, durability, privacy, deadLetters, totals, log, stop } = options;
  const { keeping = new Map(), limit = null, remember = 20_000, clock = systemClock } = options;
  const { timeline = "local" } = options;
  const servers = new Map<string, Server>();
  const recent = createRecent(remember), reported = createRecent(1_000);
  let toots = 0;
  let full = false;

  // Made out here: a closure made beside the batch would keep its toots alive until they are durable.
  const settle = (records: number) => () => {
    totals.pending -= records;
  };
  const batches: Batches = createBatches(
    async (batch) => {
      const records = batch.toots.length + batch.deletions.length + batch.coverage.length;
      totals.pending += records;
      totals.waiting = 0;
      mark(batch.seq, settle(records));
      await Promise.all(sinks.map(async (sink, i) => {
        await sink.write(batch);
        totals.sinks[i]!.written = batch.seq;
      }));
    },
    stop,
    { clock, ...options.batches },
  );

  for (const [baseURL, { deletes }] of keeping) {
    const server = serverOf(baseURL);
    for (const deletion of deletes.left) {
      batches.deletion(deletion);
      server.journalled++;
    }
  }

  function serverOf(baseURL: string): Server {
    let server = servers.get(baseURL);
    if (server === undefined) {
      server = {
        baseURL,
        totals: serverTotals(totals, baseURL),
        keeping: keeping.get(baseURL),
        newest: null,
        time: null,
        identity: undefined,
        doubt: null,
        moved: false,
        journalled: 0,
      };
      servers.set(baseURL, server);
    }
    return server;
  }

  /** Says that all that was taken until now lies in batches up to `seq`. */
  function mark(seq: number, then?: () => void): void {
    for (const server of servers.values()) {
      const { keeping: kept, newest, time, doubt, moved, journalled } = server;
      if (kept === undefined || (!moved && journalled === 0)) continue;
      server.moved = false;
      server.journalled = 0;
      const doubtful = doubt !== null && newest !== null && compareIds(newest, doubt) > 0;
      const position = doubtful ? { id: doubt, time: null } : { id: newest!, time };
      durability.when(seq, () => {
        if (moved) kept.checkpoint.note(position);
        kept.deletes.settle(journalled);
      });
    }
    if (then !== undefined) durability.when(seq, then);
  }

  function move(server: Server, id: string, time: unknown): void {
    if (server.newest !== null && compareIds(id, server.newest) <= 0) return;
    server.newest = id;
    server.time = time;
    server.moved = true;
  }

  function bury(server: Server, id: string | null, reason: string, raw: string | null): void {
    server.totals.deadLetters++;
    // A status that stays in the timeline comes again with every look at it.
    if (id !== null && !reported.add(`${server.baseURL} ${id}`)) return;
    log.warning(
      `${hostName(server.baseURL)}: left out, ${reason}${id === null ? "" : ` (id ${id})`}`,
      {
        event: "dead-letter",
        server: server.baseURL,
        id,
        reason,
      },
    );
    deadLetters.add({ server: server.baseURL, id, reason, raw }, clock.now());
  }

  function read({ status, transport }: StatusEvent, { baseURL, identity }: Server): Reading {
    try {
      const context = { baseURL, transport, observedAt: clock.now(), ...privacy };
      return toToot(status, identity === undefined ? context : { ...context, server: identity });
    } catch (error) {
      // Ours to mend, yet no reason to stop.
      return { kind: "bad", reason: `the status cannot be read: ${(error as Error).message}` };
    }
  }

  function takeStatus(server: Server, event: StatusEvent): void {
    const reading = read(event, server);
    const id = idOf(event.status);
    if (reading.kind === "bad") bury(server, id, reading.reason, rawOf(event.status, privacy));
    else if (reading.kind === "toot") takeToot(server, reading.toot);
    else if (reading.why === "boost") server.totals.boosts++;
    else server.totals.notPublic++;
    if (id !== null) move(server, id, (event.status as { created_at?: unknown }).created_at);
  }

  function takeToot(server: Server, toot: Toot): void {
    const counts = server.totals;
    // By server: a delete names only that server's id, and only the home server tells the app.
    if (!recent.add(`${server.baseURL} ${toot.uri} ${toot.edited_at}`)) {
      counts.duplicates++;
      return;
    }
    batches.toot(toot);
    counts.toots++;
    counts.transports[toot.transport!]++;
    counts.heardAt = toot.observed_at;
    if (toot.transport === "stream") counts.lag = toot.observed_at - toot.posted_at;
    if (toot.withheld !== null) counts.withheld++;
    if (++toots === limit) {
      full = true;
      stop();
    }
  }

  function takeDelete(server: Server, id: string): void {
    server.totals.deletes++;
    const { baseURL, keeping: kept } = server;
    const add = (status_id: string) => {
      const deletion: Deletion = { base_url: baseURL, status_id, deleted_at: clock.now() };
      if (kept !== undefined) {
        kept.deletes.add(deletion);
        server.journalled++;
      }
      batches.deletion(deletion);
    };
    add(id);
    // The record may be there under its keyed hash.
    if (privacy.consent !== "none" || privacy.hashAuthors) add(privacy.hash(`${baseURL}|${id}`));
  }

  function take(baseURL: string, event: ServerEvent): void {
    if (full) return;
    const server = serverOf(baseURL);
    switch (event.kind) {
      case "status":
        return takeStatus(server, event);
      case "delete":
        return takeDelete(server, event.id);
      case "bad":
        return bury(server, null, event.reason, event.raw);
      case "position":
        return move(server, event.id, event.time);
      case "doubt":
        server.doubt = event.after;
        // What was held back may be noted now.
        if (event.after === null && server.newest !== null) server.moved = true;
        return;
      case "identity": {
        const { domain, software } = event;
        server.identity = { domain, software };
        return;
      }
      case "coverage": {
        const { kind: _, statuses, ...span } = event;
        return batches.coverage({
          base_url: baseURL,
          timeline,
          ...span,
          statuses: statuses === null ? null : BigInt(statuses),
        });
      }
      case "notice":
        return log[event.level](event.message, { event: "notice", server: baseURL });
      case "gap":
        server.totals.gaps++;
        server.totals.gapMilliseconds += event.milliseconds ?? 0;
        server.totals.filled += event.filled;
        server.totals.lostMilliseconds += event.lost;
        log[event.lost > 0 ? "warning" : "info"](gapText(hostName(baseURL), event), {
          event: "gap",
          server: baseURL,
          cause: event.cause,
          milliseconds: event.milliseconds,
          filled: event.filled,
          lost: event.lost,
        });
    }
  }

  return {
    get full() {
      return full;
    },
    take,
    room() {
      totals.waiting = batches.waiting;
      // Nothing to send may still be something to note: boosts move the position too.
      if (batches.waiting === 0) mark(batches.seq);
      return batches.room();
    },
    async finish() {
      const errors: unknown[] = [];
      const attempt = async (work: () => Promise<void>) => {
        try {
          await work();
        } catch (error) {
          errors.push(error);
        }
      };
      await attempt(() => batches.drain());
      // What a sink did not take stays unmarked: the batch that failed was marked, and waits for it.
      if (errors.length === 0) mark(batches.seq);
      await Promise.all(sinks.map((sink) => attempt(() => sink.flush())));
      for (const { checkpoint, deletes } of keeping.values()) {
        await attempt(() => checkpoint.close());
        deletes.close();
      }
      await Promise.all(sinks.map((sink) => attempt(() => sink.close())));
      deadLetters.close();
      if (errors.length > 0) throw errors[0];
    },
  };
}

/** A server's name for people. */
function hostName(baseURL: string): string {
  return URL.parse(baseURL)?.host || baseURL;
}

/** The status as text, unless its author does not want to be collected. */
function rawOf(status: unknown, { consent }: Privacy): string | null {
  const account = (status as { account?: unknown } | null)?.account;
  const known = typeof account === "object" && account !== null;
  return known && withheldReason(account, consent) !== null ? null : JSON.stringify(status) ?? null;
}
