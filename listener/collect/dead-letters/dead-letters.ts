/**
 * Decides which unreadable statuses are written and reported. A server may send a million bad
 * statuses, and they must not fill the disk.
 *
 * @module
 */
import { type Clock, systemClock } from "../../../common/clock.ts";
import {
  DEAD_LETTER_BURST,
  DEAD_LETTER_BYTES_PER_SERVER,
  DEAD_LETTERS_PER_SECOND,
} from "../../limits.ts";
import { createAllowance } from "../../report/allowance.ts";
import type { Log } from "../../report/log.ts";
import type { ServerTotals } from "../../report/totals.ts";
import type { DeadLetterFile } from "./dead-letter-file.ts";
import { createRecentKeys } from "../../recent.ts";

/** A status or event that cannot be read. */
export interface Unreadable {
  readonly id: string | null;
  readonly reason: string;
  /**
   * Returns the text of the status or event; null if its author may not want it to be kept. Called
   * only if the letter is written.
   */
  readonly raw: () => string | null;
  /**
   * Returns the key of the author; null if unknown. Default: null, so an opt-out does not remove
   * the text.
   */
  readonly author?: () => string | null;
}

/** Receives statuses and events that cannot be read. */
export interface DeadLetters {
  /** @throws {Failure} if the file cannot be written */
  add(server: { baseURL: string; totals: ServerTotals }, letter: Unreadable): void;
}

/** Options of {@linkcode createDeadLetters}. */
export interface DeadLettersOptions {
  readonly file: DeadLetterFile;
  readonly log: Log;
  readonly clock?: Clock;
}

/** Returns the name of a server for messages, which is its host. */
export function hostName(baseURL: string): string {
  return URL.parse(baseURL)?.host || baseURL;
}

/**
 * Creates a receiver that counts every letter, and writes and reports as many as the limits allow.
 */
export function createDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { file, log, clock = systemClock } = options;
  const reported = createRecentKeys(1_000);
  const servers = new Map<ServerTotals, { bytes: number; allow: () => boolean; told: boolean }>();

  function shareOf(totals: ServerTotals) {
    let share = servers.get(totals);
    if (share === undefined) {
      const allow = createAllowance(DEAD_LETTER_BURST, DEAD_LETTERS_PER_SECOND, clock);
      servers.set(totals, share = { bytes: 0, allow, told: false });
    }
    return share;
  }

  return {
    add({ baseURL, totals }, { id, reason, raw, author = () => null }) {
      totals.deadLetters++;
      // The same bad status may come again, for example first in a sweep and then in the stream.
      if (id !== null && !reported.add(`${baseURL} ${id}`)) return;
      const host = hostName(baseURL);
      const share = shareOf(totals);
      if (share.bytes >= DEAD_LETTER_BYTES_PER_SERVER || !share.allow()) {
        if (share.told) return;
        share.told = true;
        return log.warning(
          `${host}: too many statuses cannot be read; most of them are only counted`,
          { event: "dead-letters-dropped", server: baseURL },
        );
      }
      const letter = { server: baseURL, id, reason, raw: raw(), author_key: author() };
      share.bytes += file.add(letter, clock.now());
      log.warning(`${host}: left out, ${reason}${id === null ? "" : ` (id ${id})`}`, {
        ...{ event: "dead-letter", server: baseURL, id, reason },
      });
    },
  };
}
