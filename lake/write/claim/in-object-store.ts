/**
 * Claims a partition of a lake in an object store.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../../common/failure.ts";
import { writeFileAtomically } from "../../../common/files.ts";
import { fsFailure } from "../../store/fs-failure.ts";
import type { Store } from "../../store/store.ts";
import type { Claim } from "./claim.ts";
import { lockFile } from "./lock-file.ts";

/** The partitions that listeners draw start here, above those of any Kafka topic. */
const FIRST_OWN = 1_000_000;

/**
 * Claims a partition whose number was drawn at random and saved in `<data>/writer.json`,
 * where each process that writes at the same time has a number of its own.
 *
 * @param data the listener's data folder, created if necessary
 */
export async function claimInObjectStore(
  store: Store,
  data: string,
  random: () => number = Math.random,
): Promise<Claim> {
  await fsFailure(data, () => Deno.mkdir(data, { recursive: true }));
  const saved = join(data, "writer.json");
  // Held while the file is read and written, so that two that start together differ.
  using lock = await Deno.open(`${saved}.lock`, { create: true, write: true });
  await lock.lock(true);
  const partitions = await readPartitions(saved);
  const mine = partitions[store.location] ??= [];
  for (const partition of [...mine, FIRST_OWN + Math.floor(random() * 2 ** 30)]) {
    const release = await lockFile(join(data, `writer-${partition}.lock`), "listener");
    if (typeof release === "string") continue;
    if (!mine.includes(partition)) {
      mine.push(partition);
      await writeFileAtomically(saved, JSON.stringify(partitions, null, 2) + "\n");
    }
    return { partition, release };
  }
  throw new Failure(`${data}: no partition is free; remove its writer-*.lock files`);
}

async function readPartitions(path: string): Promise<Record<string, number[]>> {
  try {
    const read = JSON.parse(await Deno.readTextFile(path)) as Record<string, number[]>;
    const sound = typeof read === "object" && read !== null &&
      Object.values(read).every((list) => Array.isArray(list) && list.every(Number.isSafeInteger));
    return sound ? read : {};
  } catch (error) {
    // A damaged file costs nothing: a new number is always right.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return {};
    throw error;
  }
}
