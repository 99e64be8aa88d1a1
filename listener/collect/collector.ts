/**
 * Connects the servers with the sinks. The collector turns the events of the servers into records,
 * leaves out repeated ones, and sends the records to the sinks in batches. When a batch is durable
 * in all sinks, the checkpoints of the servers advance.
 *
 * @module
 */
import { type Clock, systemClock } from "../../common/clock.ts";
import { Failure } from "../../common/failure.ts";
import type { Timeline } from "../../record/record.ts";
import type { BadEvent, ServerEvent } from "../mastodon/event.ts";
import { gapText } from "../report/gap-text.ts";
import type { Log } from "../report/log.ts";
import type { Totals } from "../report/totals.ts";
import type { Sink } from "../sinks/sink.ts";
import { HASH_SCHEME } from "../toot/hash.ts";
import type { Privacy } from "../toot/toot.ts";
import { type BatchesOptions, createBatches } from "./batches.ts";
import type { DeadLetterFile } from "./dead-letters/dead-letter-file.ts";
import { createDeadLetters, hostName } from "./dead-letters/dead-letters.ts";
import { createLaterDeletes, writeDelete } from "./deletes/deletes.ts";
import type { Durability } from "./durability.ts";
import { closeSinks } from "./finish.ts";
import { createIdentities } from "./identities.ts";
import type { ServerState } from "./server-state.ts";
import { createServers, type Server } from "./servers.ts";
import { createStatusTaker } from "./take-status.ts";

/** Options of {@linkcode createCollector}. */
export interface CollectorOptions {
  readonly sinks: readonly Sink[];
  /** Tells which batches are durable in all sinks. */
  readonly durability: Durability;
  readonly privacy: Privacy;
  /**
   * The saved state of each server; the keys are the servers' `baseURL`s. Nothing is saved for a
   * server without an entry. A replay has no entries.
   */
  readonly states?: ReadonlyMap<string, ServerState>;
  readonly deadLetters: DeadLetterFile;
  readonly totals: Totals;
  readonly log: Log;
  /**
   * After this many toots, the collector calls `stop` and ignores further events. Null (default):
   * no limit.
   */
  readonly limit?: number | null;
  /** The name of the timeline in the coverage records. Default: `local`. */
  readonly timeline?: Timeline;
  /** Called when the limit is reached or a sink has failed. */
  readonly stop: () => void;
  /** The number of statuses that are remembered to recognise repetitions. Default: 20,000. */
  readonly remember?: number;
  readonly batches?: BatchesOptions;
  readonly clock?: Clock;
}

/** Receives the events of the servers. */
export interface Collector {
  /** True when the limit of toots is reached. Further events are then ignored. */
  readonly full: boolean;
  /**
   * Takes an event without waiting. Between bursts of events, wait for {@linkcode room}. An
   * event that cannot be read becomes a dead letter.
   *
   * @throws {Failure} if the dead letters or the journal of deletes cannot be written
   */
  take(baseURL: string, event: ServerEvent): void;
  /**
   * Returns a promise that resolves when there is room for more events, or undefined if there is
   * room now. The promise rejects if a sink has failed.
   */
  room(): Promise<void> | undefined;
  /**
   * Passes the remaining records to the sinks, makes everything durable, and writes the
   * checkpoints. If a sink has failed, the checkpoints cover only the records that are in all
   * sinks.
   *
   * @throws the first error of a sink or a checkpoint
   */
  finish(): Promise<void>;
}

/**
 * Creates a collector. Its first records are the deletes that were not durable when the last run
 * ended.
 */
export function createCollector(options: CollectorOptions): Collector {
  const { sinks, durability, privacy, totals, log, stop, timeline = "local" } = options;
  const { states = new Map(), limit = null, clock = systemClock } = options;
  let full = false;

  const servers = createServers({ states, totals, durability, clock });
  const identities = createIdentities(states.keys());
  const deadLetters = createDeadLetters({ file: options.deadLetters, log, clock });

  // This closure is created outside the function that handles a batch. If it were created inside,
  // the closure would hold the batch's toots in memory until they are durable.
  const settle = (records: number) => () => {
    totals.pending -= records;
  };
  const batches = createBatches(
    async (batch) => {
      const records = batch.toots.length + batch.deletions.length + batch.coverage.length;
      totals.pending += records;
      totals.waiting = 0;
      servers.mark(batch.seq);
      durability.when(batch.seq, settle(records));
      await Promise.all(sinks.map(async (sink, i) => {
        await sink.write(batch);
        totals.sinks[i]!.written = batch.seq;
      }));
    },
    stop,
    { clock, ...options.batches },
  );

  const takeStatus = createStatusTaker({
    ...{ privacy, identities, batches, deadLetters, clock },
    ...options.remember === undefined ? {} : { remember: options.remember },
    taken(count) {
      if (limit === null || count < limit) return;
      full = true;
      stop();
    },
  });

  const laterDeletes = createLaterDeletes((deletions) => {
    for (const deletion of deletions) {
      batches.deletion(deletion);
      servers.of(deletion.base_url).position.holdJournal(false);
    }
  }, clock);

  for (const [baseURL, { deletes }] of states) {
    for (const { status_id: id, deleted_at } of deletes.left) {
      takeDelete(servers.of(baseURL), id, deleted_at, true);
    }
  }

  function takeDelete(server: Server, id: string, at: number, isJournalled = false): void {
    const { baseURL, state, position } = server;
    const isHash = isJournalled && id.startsWith(HASH_SCHEME);
    const outcome = isHash ? "record" : state?.memory?.given.find(id)?.outcome;
    const { now, later } = writeDelete(baseURL, id, outcome, privacy, at);
    if (now === null) return;
    if (!isJournalled) state?.deletes.add(now);
    position.journalled();
    batches.deletion(now);
    if (later === null) return;
    // A delete stays in the journal until both of its records are durable.
    position.holdJournal(true);
    laterDeletes.add(later);
  }

  function takeUnreadable(server: Server, event: BadEvent): void {
    // The author is unknown, so the text is kept only if the settings keep the text of all authors.
    const mayKeep = privacy.consent === "none" && !privacy.hashAuthors;
    const { reason, raw } = event;
    deadLetters.add(server, { id: null, reason, raw: () => mayKeep ? raw : null });
  }

  function takeEvent(server: Server, event: ServerEvent): void {
    const { baseURL, totals: counts, position } = server;
    switch (event.kind) {
      case "status":
        return takeStatus(server, event);
      case "delete":
        counts.deletes++;
        return takeDelete(server, event.id, clock.now());
      case "bad":
        return takeUnreadable(server, event);
      case "identity":
        return identities.claim(baseURL, event);
      case "coverage": {
        const { kind: _, statuses, ...span } = event;
        if (span.outcome !== "counted") position.covered(span.until);
        return batches.coverage({
          ...{ base_url: baseURL, timeline, ...span },
          statuses: statuses === null ? null : BigInt(statuses),
          recorded_at: clock.now(),
        });
      }
      case "notice":
        return log[event.level](event.message, { event: "notice", server: baseURL });
      case "gap": {
        const { kind: _, milliseconds, filled, lost } = event;
        counts.gaps++;
        counts.gapMilliseconds += milliseconds ?? 0;
        counts.filled += filled;
        counts.lostMilliseconds += lost;
        return log[lost > 0 ? "warning" : "info"](gapText(hostName(baseURL), event), {
          ...{ event: "gap", server: baseURL, cause: event.cause, milliseconds, filled, lost },
        });
      }
    }
  }

  return {
    get full() {
      return full;
    },
    take(baseURL, event) {
      if (full) return;
      const server = servers.of(baseURL);
      try {
        takeEvent(server, event);
      } catch (error) {
        // A `Failure` means that a file cannot be written, which concerns all servers. Any other
        // error concerns only this event.
        if (error instanceof Failure) throw error;
        const reason = `an event cannot be read: ${(error as Error).message}`;
        deadLetters.add(server, { id: null, reason, raw: () => null });
      }
    },
    room() {
      totals.waiting = batches.waiting;
      // Events without a record, such as boosts, also move the position. If no record is waiting,
      // no batch will mark this position, so it is marked here.
      if (batches.waiting === 0) servers.mark(batches.seq);
      return batches.room();
    },
    async finish() {
      laterDeletes.flush();
      await closeSinks({ batches, sinks, states, mark: () => servers.mark(batches.seq) })
        .finally(() => options.deadLetters.close());
    },
  };
}
