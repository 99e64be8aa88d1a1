/**
 * Writes statuses with their faults.
 *
 * @module
 */
import { quotedJson } from "../entities/json.ts";
import { createStatusWriter, type StatusWriter } from "../entities/status.ts";
import type { Book } from "../book.ts";
import type { Faults } from "./active.ts";
import type { Fault } from "./fault.ts";
import { ALTERATIONS } from "./alterations.ts";
import type { Alteration } from "./status/alteration.ts";
import { forgedEdits } from "./status/forged-edits.ts";
import { noZone } from "./status/no-zone.ts";
import { sayLocalOnly } from "./status/local-only.ts";

/** Options of {@linkcode createAlteredWriters}. */
export interface AlteredWritersOptions {
  book: Book;
  server: number;
  faults: Faults;
  /** Returns true if every status of this server has the property `local_only`. */
  saysLocalOnly(): boolean;
}

/** Two writers: one for plain JSON, and one for JSON inside a string, as in a streaming frame. */
export interface AlteredWriters {
  plain: StatusWriter;
  quoted: StatusWriter;
}

const BY_KIND: ReadonlyMap<string, Alteration["alter"]> = new Map(
  [...ALTERATIONS, forgedEdits].map(({ kind, alter }) => [kind, alter]),
);

/** Creates the writers of one server. Writing a status without faults takes no extra time. */
export function createAlteredWriters(options: AlteredWritersOptions): AlteredWriters {
  const { book, server, faults, saysLocalOnly } = options;
  const plain = createStatusWriter(book, server);
  const quoted = createStatusWriter(book, server, quotedJson);

  const changes = (post: number): ((json: string) => string)[] => {
    const list = (book.altered[server]!.get(post) ?? []).map((fault: Fault) => (json: string) =>
      BY_KIND.get(fault.kind)?.(json, fault) ?? json
    );
    const zone = faults.find("no-zone");
    if (zone) list.push((json) => noZone.alter(json, zone));
    const local = book.localOnly.has(post);
    if (local || saysLocalOnly()) list.push((json) => sayLocalOnly(json, local));
    return list;
  };
  const altered = (writer: StatusWriter, finish: (json: string) => string): StatusWriter => ({
    account: writer.account,
    status(post, mine) {
      const list = changes(post);
      if (list.length === 0) return writer.status(post, mine);
      return finish(list.reduce((json, change) => change(json), plain.status(post, mine)));
    },
  });
  return {
    plain: altered(plain, (json) => json),
    quoted: altered(quoted, (json) => JSON.stringify(json).slice(1, -1)),
  };
}
