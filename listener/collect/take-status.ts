/**
 * Turns a status from a server into a record or a dead letter, or leaves it out.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import type { StatusEvent } from "../mastodon/event.ts";
import { createRecentKeys } from "../recent.ts";
import { isFields } from "../toot/fields.ts";
import { HASH_SCHEME } from "../toot/hash.ts";
import { jsonText } from "../toot/json.ts";
import { authorKeyOf, type Privacy, type Reading, type TootContext, toToot } from "../toot/toot.ts";
import type { Batches } from "./batches.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { Identities } from "./identities.ts";
import { textHash } from "../toot/fingerprint.ts";
import { idOf } from "../mastodon/status-fields.ts";
import type { Server } from "./servers.ts";

/** Options of {@linkcode createStatusTaker}. */
export interface StatusTakerOptions {
  readonly privacy: Privacy;
  readonly identities: Identities;
  readonly batches: Batches;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** The number of statuses that are remembered to recognise repetitions. Default: 20,000. */
  readonly remember?: number;
  /** Called after each toot with the number of toots so far. */
  readonly taken: (toots: number) => void;
}

/**
 * `takeToot` identifies a status by the characters `FROM` to below `TO` of its `uri_key`: the first
 * 22 characters of the hash, which are 132 bits.
 */
const FROM = HASH_SCHEME.length, TO = FROM + 22;

/** Creates the function that turns a status into a record or a dead letter, or leaves it out. */
export function createStatusTaker(
  options: StatusTakerOptions,
): (server: Server, event: StatusEvent) => void {
  const { privacy, identities, batches, deadLetters, clock, remember = 20_000, taken } = options;
  const { domainOf } = identities;
  const recent = createRecentKeys(remember);
  let toots = 0;

  function contextOf({ transport }: StatusEvent, baseURL: string): TootContext {
    const teller = identities.tellerOf(baseURL);
    return { ...privacy, baseURL, transport, observedAt: clock.now(), teller, domainOf };
  }

  function read(event: StatusEvent, baseURL: string): Reading {
    try {
      return toToot(event.status, contextOf(event, baseURL));
    } catch (error) {
      // This is a bug of the listener, but not a reason to stop.
      const reason = `the status cannot be read: ${(error as Error).message}`;
      return { kind: "bad", reason, mayKeep: privacy.consent === "none" && !privacy.hashAuthors };
    }
  }

  function takeToot(server: Server, reading: Reading & { kind: "toot" }, edition: string): void {
    const { toot, posted, timeBelieved } = reading;
    const counts = server.totals;
    // The key contains the server, so that copies of a status from two servers become two records.
    // Both are needed: a delete has only the id that its server uses, and only the home server
    // sends the app. The key is short, because thousands of keys are remembered.
    const key = toot.uri_key!.slice(FROM, TO) + server.key;
    if (!recent.add(`${key} ${edition}`)) {
      counts.duplicates++;
      return;
    }
    batches.toot(toot);
    counts.toots++;
    counts.transports[toot.transport!]++;
    const heardAt = clock.now();
    counts.heardAt = heardAt;
    if (toot.transport === "stream") counts.lag = heardAt - posted;
    if (toot.withheld !== null) counts.withheld++;
    if (!timeBelieved) counts.oddTimes++;
    taken(++toots);
  }

  return (server, event) => {
    const { status } = event;
    const { baseURL, state, totals: counts, position } = server;
    const reading = read(event, baseURL);
    const id = idOf(status);
    switch (reading.kind) {
      case "bad": {
        const { reason, mayKeep } = reading;
        const raw = () => mayKeep ? jsonText(status) : null;
        const author = () => mayKeep ? authorKeyOf(status, contextOf(event, baseURL)) : null;
        deadLetters.add(server, { id: mayKeep ? id : null, reason, raw, author });
        if (id !== null) state?.memory?.given.settle(id, "left out");
        break;
      }
      case "toot": {
        const edited = isFields(status) ? status["edited_at"] : null;
        const time = typeof edited === "string" ? edited.slice(0, 40) : "";
        const { edited_at, observed_at, home, withheld, warning, mastodon_text } = reading.toot;
        // If the text or the decision about the author has changed, a further record is written.
        const hash = textHash(`${withheld} ${warning} ${mastodon_text}`).toString(36);
        const isEdited = edited_at !== null || time !== "";
        // If a status comes from a server other than its home and has an edit in the future, the
        // views do not believe the edit. When the time of the edit has come, a further record is
        // written.
        const isAhead = home !== true && edited_at !== null && edited_at > observed_at;
        const when = isEdited ? ` ${edited_at} ${time}` : "";
        takeToot(server, reading, `${hash}${when}${isAhead ? " ahead" : ""}`);
        if (id !== null) {
          state?.memory?.given.settle(id, reading.toot.status_id === id ? "record" : "hashed");
        }
        break;
      }
      case "left-out":
        if (reading.why === "boost") counts.boosts++;
        else counts.notPublic++;
        if (id !== null) state?.memory?.given.settle(id, "left out");
    }
    if (id !== null && isFields(status)) position.move(id, status["created_at"]);
  };
}
