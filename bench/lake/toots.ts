/**
 * Records like those of a week of listening: statuses of the simulator, converted as the
 * listener does it, but without the network.
 *
 * @module
 */
import type { Deletion, Toot } from "../../record/record.ts";
import { keyedHash } from "../../listener/toot/hash.ts";
import { toToot } from "../../listener/toot/toot.ts";
import { openBook } from "../../simulator/book.ts";
import { createStatusWriter } from "../../simulator/entities/status.ts";
import { DOMAINS } from "../../simulator/federation-options.ts";
import { createLedger } from "../../simulator/ledger.ts";
import { createPosts, fillHistory } from "../../simulator/posts.ts";
import { createAccounts } from "../../simulator/world/accounts.ts";
import { chance } from "../../simulator/world/hash.ts";
import type { World } from "../../simulator/world/post.ts";
import { createRhythm } from "../../simulator/world/rhythm.ts";
import { loadTexts } from "../../simulator/world/texts.ts";

/** A record: a toot or a delete. */
export type Heard =
  | { readonly kind: "toot"; readonly toot: Toot }
  | { readonly kind: "deletion"; readonly deletion: Deletion };

/** Options of {@linkcode heardToots}. */
export interface HeardOptions {
  /** The number of toot records, including edits. */
  toots: number;
  /**
   * The end of the last day, in milliseconds since 1970. Default: Monday, 2 November 2026,
   * midnight.
   */
  until?: number;
  /** The number of days. Default 7. */
  days?: number;
  /** The number of servers. Default 3. */
  servers?: number;
  /** The share of other servers' toots that each server shows too. Default 0: local timelines. */
  federates?: number;
  seed?: number;
  /**
   * Generates only this part of the days, so that several processes can share the work. Default:
   * all days.
   */
  part?: Part;
}

/** One of `of` parts. `index` is counted from 0. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

const DAY = 86_400_000;
/** The share of toots that people delete, 5 to 25 minutes after posting. */
const DELETED = 0.01;

/**
 * Generates the records of some days, in the order in which a listener would get them. The same
 * options make the same records.
 */
export function* heardToots(options: HeardOptions): Generator<Heard> {
  const { toots, until = Date.UTC(2026, 10, 2), days = 7, servers = 3, seed = 1 } = options;
  const { federates = 0, part = { index: 0, of: 1 } } = options;
  const domains = DOMAINS.slice(0, servers);
  // Each server has one person per thirty of its toots, but at least 100 and at most 20,000,
  // because the simulator can have at most 65,000 accounts.
  const people = Math.min(Math.max(Math.round(toots / 30 / servers), 100), 20_000);
  const world: World = {
    seed,
    now: until,
    domains,
    accounts: createAccounts(seed, domains, people, 0),
    texts: loadTexts(),
    rhythm: createRhythm(),
  };
  const ledger = createLedger(servers, toots * 2);
  const book = openBook(world, ledger, () => ledger.next);
  const history = days * DAY;
  const posts = createPosts({ world, ledger, federates, since: until - history });
  fillHistory({ world, ledger }, posts, history, toots / days);

  const hash = keyedHash(new Uint8Array(32));
  const writers = domains.map((_, server) => createStatusWriter(book, server));
  const later: { at: number; heard: Heard }[] = [];
  const put = (at: number, heard: Heard) => {
    let place = later.length;
    while (place > 0 && later[place - 1]!.at > at) place--;
    later.splice(place, 0, { at, heard });
  };
  let left = toots;

  function* due(time: number): Generator<Heard> {
    while (later.length > 0 && later[0]!.at <= time && left > 0) {
      const { heard } = later.shift()!;
      if (heard.kind === "toot") left--;
      yield heard;
    }
  }

  const border = (index: number) => Math.floor(ledger.next * index / part.of);
  const end = border(part.index + 1);
  for (let post = border(part.index); post < end && left > 0; post++) {
    const posted = ledger.posted(post);
    yield* due(posted);
    for (let server = 0; server < servers; server++) {
      const id = book.id(server, post);
      if (id === undefined || !posts.reaches(post, server)) continue;
      const baseURL = `https://${domains[server]}`;
      const context = {
        baseURL,
        transport: "stream",
        consent: "opt-out",
        hashAuthors: false,
      } as const;
      const status = JSON.parse(writers[server]!.status(post));
      const reading = toToot(status, { ...context, observedAt: posted + 700, hash });
      if (reading.kind !== "toot") continue;
      const { toot } = reading;
      put(posted + 700, { kind: "toot", toot: { ...toot, edited_at: null } });
      if (toot.edited_at !== null) {
        const observed_at = toot.edited_at + 700;
        put(observed_at, { kind: "toot", toot: { ...toot, observed_at } });
      }
      if (chance(seed, post, 900) >= DELETED) continue;
      const deleted_at = posted + (5 + 20 * chance(seed, post, 901)) * 60_000 | 0;
      for (const status_id of new Set([id, toot.status_id!])) {
        const deletion = { base_url: baseURL, status_id, deleted_at: Math.floor(deleted_at) };
        put(deleted_at, { kind: "deletion", deletion });
      }
    }
  }
  yield* due(Infinity);
}
