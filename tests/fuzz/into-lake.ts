/**
 * Runs a collector that writes to a real lake.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { type Collector, createCollector } from "../../listener/collect/collector.ts";
import { openDeadLetterFile } from "../../listener/collect/dead-letters/dead-letter-file.ts";
import { createDurability } from "../../listener/collect/durability.ts";
import { createTotals, type Totals } from "../../listener/report/totals.ts";
import { openLakeSink } from "../../listener/sinks/lake.ts";
import type { Batch } from "../../listener/sinks/sink.ts";
import { keyedHash } from "../../listener/toot/hash.ts";
import { createOptOuts } from "../../listener/toot/known-opt-outs.ts";
import { createOriginSizes } from "../../listener/toot/origin.ts";

/** A running collector, and its results. */
export interface IntoLake {
  readonly collector: Collector;
  readonly totals: Totals;
  /** Stops the collector, and returns the numbers of toots and deletes that it has written. */
  finish(): Promise<{ toots: number; deletions: number }>;
}

/**
 * Opens a lake in a folder and starts a collector that writes to it.
 *
 * @param clock the clock of the records. Default: the system's
 */
export async function collectIntoLake(
  folder: string,
  consent: "none" | "opt-out" | "opt-in" = "opt-out",
  clock?: Clock,
): Promise<IntoLake> {
  const durability = createDurability(1);
  const totals = createTotals(0);
  totals.sinks.push({ name: "lake", written: 0, durable: 0, unfit: 0 });
  const lake = await openLakeSink(
    { location: `${folder}/lake`, data: folder },
    (seq) => durability.durable(0, seq),
  );
  let toots = 0, deletions = 0;
  const sink = {
    ...lake,
    async write(batch: Batch) {
      toots += batch.toots.length;
      deletions += batch.deletions.length;
      await lake.write(batch);
    },
  };
  const hash = keyedHash(new Uint8Array(32));
  const collector = createCollector({
    sinks: [sink],
    durability,
    privacy: {
      ...{ consent, hashAuthors: false, hash, hashAuthor: hash },
      ...{ optOuts: createOptOuts(), origins: createOriginSizes() },
    },
    deadLetters: openDeadLetterFile(`${folder}/dead-letters.jsonl`),
    totals,
    log: { info() {}, warning() {} },
    stop() {},
    ...clock === undefined ? {} : { clock },
  });
  return {
    collector,
    totals,
    async finish() {
      await collector.finish();
      return { toots, deletions };
    },
  };
}
