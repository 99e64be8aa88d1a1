/**
 * Sends statuses of many invented authors who all opt out, to displace the true opt-outs in a
 * reader's memory.
 *
 * @module
 */
import { snowflake } from "../../ids.ts";
import { inventStatus } from "../../faults/invented.ts";
import type { Streaming } from "./streaming.ts";

/** After each batch of this many statuses, sending waits for readers that are far behind. */
const BATCH = 500;

/** Sends a status of each of `authors` invented authors. Resolves when all are sent. */
export async function flood(
  streaming: Streaming,
  origin: string,
  authors: number,
  now: number,
): Promise<void> {
  for (let author = 0; author < authors; author++) {
    streaming.sendStatus(inventStatus(origin, {
      id: snowflake(now - author, 1),
      author,
      domain: author % 2 === 0 ? null : `crowd${author % 50}.example`,
      noindex: true,
      posted: now - author,
    }));
    if (author % BATCH === BATCH - 1) await streaming.drained(64 * 1024);
  }
  streaming.flush();
}
